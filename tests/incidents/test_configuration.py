"""Packs of categories: complete in both languages, and installed without harm."""

import pytest

from incidents.configuration import install_pack
from incidents.models import Category
from incidents.presets import PACKS


EVERY = [(group, each) for pack in PACKS.values() for group in pack for each in group.categories]


@pytest.mark.parametrize("name", PACKS)
def test_a_code_stands_for_one_thing(name):
    codes = [each.code for group in PACKS[name] for each in group.categories]

    assert len(codes) == len(set(codes))


def test_everything_is_said_in_both_languages():
    assert all(each.name and each.name_en and group.name_en for group, each in EVERY)


def test_dangers_and_redirects_say_whom_to_call():
    for _group, each in EVERY:
        assert (each.door == "redirect") == bool(each.ask)
        assert not each.danger or any(digit.isdigit() for digit in each.danger)


@pytest.mark.parametrize("name", PACKS)
def test_all_three_doors_are_open(name):
    doors = {each.door for group in PACKS[name] for each in group.categories}

    assert doors >= {"report", "suggestion", "compliment"}


@pytest.mark.django_db
@pytest.mark.usefixtures("commune")
def test_a_second_pack_keeps_what_the_commune_changed():
    first = install_pack("bourg")
    Category.objects.filter(code="tag").update(name="Graffiti", is_active=False)

    added = install_pack("littoral")

    assert first == sum(len(group.categories) for group in PACKS["bourg"])
    assert added == 3
    assert Category.objects.get(code="tag").name == "Graffiti"
    assert install_pack("littoral") == 0
