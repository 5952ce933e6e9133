"""The settings of categories: groups, order, promises, packs; and how each change is undone."""

from pathlib import Path
from zipfile import ZipFile

import lucide
import pytest

from incidents.models import Category, RoutingRule, SettingsChange
from incidents.presets import PACKS
from incidents.settings_categories_forms import free_code
from incidents.settings_icons import ICONS
from tests.incidents.factories import category, report, team
from tests.incidents.settings_pages import HOME, text_of, told, undo_last


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("commune")]
LIST = f"{HOME}categories/"


def typed(**fields):
    usual = {
        "name": "Banc cassé",
        "group": "Mobilier",
        "icon": "armchair",
        "door": "report",
        "moderation": "before",
        "promise": "5",
        "promise_unit": "days",
        "similar_radius_m": "60",
        "is_active": "on",
    }
    return usual | fields


@pytest.mark.parametrize("role", ["report_agent", "reader"])
def test_only_an_administrator_opens_them(log_in, role):
    answer = log_in(role).get(HOME)

    assert answer.status_code == 403
    assert "Demandez à l’administrateur" in text_of(answer)


def test_the_menu_leads_to_them_from_the_reports(admin):
    assert f'href="{HOME}"' in admin.get("/agent/signalements/").content.decode()
    assert f'href="{HOME}"' in admin.get("/agent/reglages/").content.decode()


def test_a_category_is_added_and_taken_back(admin):
    category(group="Mobilier", group_en="Furniture", position=4)

    answer = admin.post(f"{LIST}nouvelle/", typed())

    assert "Catégorie ajoutée : Banc cassé" in told(admin, answer)
    added = Category.objects.get(name="Banc cassé")
    assert (added.code, added.position, added.group_en) == ("banc-casse", 5, "Furniture")
    undo_last(admin)
    assert not Category.objects.filter(name="Banc cassé").exists()


def test_what_is_wrong_is_said_and_what_was_typed_stays(admin):
    sent = typed(name="", promise="900", door="redirect", keywords="siège")

    answer = admin.post(f"{LIST}nouvelle/", sent)

    assert answer.status_code == 422
    page = text_of(answer)
    assert "Donnez-lui un nom." in page
    assert "Dites au citoyen à qui s’adresser." in page
    assert 'value="siège"' in page
    assert not Category.objects.exists()


def test_the_date_promised_is_shown_before_saving(admin):
    answer = admin.post(f"{LIST}nouvelle/", typed(promise="10", look="1"))

    assert answer.status_code == 200
    assert "serait promis avant le" in text_of(answer)
    assert not Category.objects.exists()


def test_everything_about_a_category_is_changed_but_its_code(admin):
    hole = category()
    report(hole)

    assert "1 signalement est dans cette catégorie" in text_of(admin.get(f"{LIST}{hole.pk}/"))
    admin.post(f"{LIST}{hole.pk}/", typed(name="Trou", promise="24", promise_unit="hours"))

    hole.refresh_from_db()
    assert (hole.code, hole.name, hole.promise_unit) == ("nid-de-poule", "Trou", "hours")


def test_a_category_goes_up_and_down_and_so_does_its_group(admin):
    for code, group in (("a", "Voirie"), ("b", "Voirie"), ("c", "Eau")):
        category(code=code, name=code, group=group, position=0)
    _first, second, water = Category.objects.order_by("code")

    def order():
        return list(Category.objects.order_by("position").values_list("code", flat=True))

    admin.post(f"{LIST}{second.pk}/ordre/", {"sens": "haut"})
    assert order() == ["b", "a", "c"]
    admin.post(f"{LIST}{water.pk}/ordre/", {"sens": "groupe-haut"})
    assert order() == ["c", "b", "a"]
    answer = admin.post(f"{LIST}{water.pk}/ordre/", {"sens": "groupe-haut"})
    assert "Rien n’a changé" in told(admin, answer)
    undo_last(admin)

    assert order() == ["b", "a", "c"]


def test_a_category_is_taken_off_and_offered_again(admin):
    hole = category()

    answer = admin.post(f"{LIST}{hole.pk}/proposee/", {"proposer": "0"})
    assert "Catégorie retirée : Nid-de-poule" in told(admin, answer)
    assert not Category.objects.get().is_active
    admin.post(f"{LIST}{hole.pk}/proposee/", {"proposer": "1"})

    assert Category.objects.get().is_active


def test_a_category_with_reports_is_never_deleted(admin):
    hole = category()
    report(hole)

    answer = admin.post(f"{LIST}{hole.pk}/suppression/")

    assert "1 signalement est dans cette catégorie" in told(admin, answer)
    assert Category.objects.exists()


def test_an_unused_category_goes_with_its_rules_and_both_come_back(admin):
    hole = category()
    RoutingRule.objects.create(position=1, category=hole, handler=team())

    answer = admin.post(f"{LIST}{hole.pk}/suppression/")
    assert "1 règle qui la nommait est supprimée avec elle" in told(admin, answer)
    assert not RoutingRule.objects.exists()
    undo_last(admin)

    assert RoutingRule.objects.get().category == hole


def test_adding_cannot_be_undone_once_somebody_reported(admin):
    admin.post(f"{LIST}nouvelle/", typed())
    report(Category.objects.get())

    assert "sert déjà" in undo_last(admin)
    assert Category.objects.exists()


def test_changes_are_undone_from_the_last_to_the_first(admin):
    hole = category()
    admin.post(f"{LIST}{hole.pk}/proposee/", {"proposer": "0"})
    first = SettingsChange.objects.get()
    admin.post(f"{LIST}{hole.pk}/", typed(name="Trou"))

    answer = admin.post(f"{HOME}changements/{first.pk}/annulation/")

    assert "Annulez d’abord « Catégorie modifiée : Trou »" in told(admin, answer)


def test_a_pack_is_read_before_it_is_installed(admin):
    category(code="lampadaire", name="Lampe", group="Éclairage")

    page = text_of(admin.get(f"{LIST}lots/bourg/"))

    assert "Trou dans la chaussée" in page
    assert "Lampadaire éteint" not in page
    assert "Vous en avez déjà 1" in page


def test_a_pack_adds_what_is_missing_and_is_taken_back(admin):
    category(code="lampadaire", name="Lampe", group="Éclairage")

    answer = admin.post(f"{LIST}lots/littoral/")

    assert "Lot installé : Littoral" in told(admin, answer)
    total = sum(len(group.categories) for group in PACKS["littoral"])
    assert Category.objects.count() == total
    assert Category.objects.get(code="lampadaire").name == "Lampe"
    assert "déjà toutes les catégories" in text_of(admin.get(f"{LIST}lots/littoral/"))
    undo_last(admin)
    assert Category.objects.get().name == "Lampe"


def test_a_pack_that_does_not_exist_has_no_page(admin):
    assert admin.get(f"{LIST}lots/licorne/").status_code == 404


def test_two_categories_of_one_name_have_two_codes():
    category(code="banc", name="Banc")

    assert free_code("Banc") == "banc-2"
    assert free_code("🦄") == "categorie"


def test_every_drawing_exists():
    drawn = ZipFile(Path(lucide.__file__).with_name("lucide.zip")).namelist()

    offered = {f"{name}.svg" for name in ICONS}
    assert offered <= set(drawn)
