import random
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.db.models import Q
from django_tenants.utils import tenant_context

from booking import read_model
from booking.metrics import count_appointments, first_slot_days
from booking.models import (
    Allocation,
    Appointment,
    Opening,
    OpeningOverride,
    Outage,
    Participant,
    Title,
    WaitingEntry,
)
from booking.planning import zone
from demo import letters, seed, showcase, story
from demo.story import LIVE, LiveCommune
from onboarding.stages import Stage, can_move
from parvis.models import OutgoingEmail
from tenants.models import Commune, Membership, User
from tests.conftest import NOW, owner


pytestmark = [pytest.mark.django_db, pytest.mark.owner]
HOURS = [[0, 4, [["08:30", "12:30"], ["13:30", "17:15"]]]]
EMAILS = settings.ROOT / "templates" / "booking" / "emails"


def furnish(commune, live):
    commune.hours = HOURS
    return seed.furnish(commune, live, luck=random.Random(33), now=NOW)


def test_the_story_has_36_equipped_communes_of_which_15_live_and_5_consider():
    assert (len(story.LIVE), len(story.CONSIDERING), len(story.OTHERS)) == (15, 5, 16)
    assert len(story.EQUIPPED) == 36
    assert LIVE[0].insee_code == "33314"
    assert max(live.age for live in LIVE) == LIVE[0].age
    assert max(live.wait for live in LIVE) == 49


def test_every_stage_of_the_story_can_be_reached():
    for stage, path in story.PATHS.items():
        steps = [Stage.PROSPECT, *path]
        assert steps[-1] == stage
        assert all(can_move(a, b) for a, b in pairwise(steps))


def test_a_commune_is_furnished_around_today(commune):
    taken = furnish(commune, LIVE[0])

    assert Appointment.objects.count() == taken > 300
    assert not Appointment.objects.filter(Q(name="") | Q(email="", phone="")).exists()
    at_counters = Allocation.objects.filter(resource__kind="counter")
    released = at_counters.filter(state="released").count()
    assert released == Appointment.objects.filter(status="cancelled").count() > 0
    assert at_counters.count() == taken
    titles = Appointment.objects.exclude(service__titles="")
    assert Allocation.objects.filter(resource__kind="station").count() == titles.count()
    assert first_slot_days(now=NOW) == LIVE[0].wait


def test_some_files_are_incomplete_and_say_what_was_missing(commune):
    furnish(commune, LIVE[0])

    incomplete = Appointment.objects.filter(outcome="incomplete")
    assert 0.04 < incomplete.count() / Appointment.objects.exclude(outcome="").count() < 0.16
    wanting = Participant.objects.exclude(missing=[])
    assert wanting.count() == incomplete.count()
    assert not wanting.exclude(appointment__in=incomplete).exists()


def test_the_share_is_counted_from_rows(commune):
    furnish(commune, LIVE[0])

    days = count_appointments(first=NOW.date() - timedelta(days=27), last=NOW.date(), zone=zone())
    counts = sum(days.values(), Counter())

    assert counts["online"] / counts.total() == pytest.approx(0.83, abs=0.02)


def test_a_full_commune_has_its_first_slot_in_49_days(commune):
    furnish(commune, LiveCommune("33314", "#000000", 1, 70, 20, 49, 10))

    assert first_slot_days(now=NOW) == 49


def test_what_one_commune_receives_another_does_not(commune, other_commune):
    furnish(commune, LIVE[0])

    with tenant_context(other_commune):
        assert not Appointment.objects.exists()
        assert not Opening.objects.exists()


@pytest.mark.public
def test_accounts_open_with_the_announced_password(commune, association):
    with owner():
        seed._create_accounts(association, seed.accounts())

    director = User.objects.get(email=story.DIRECTOR)
    assert check_password(story.PASSWORD, director.password)
    assert Membership.objects.get(user=director).role == "director"
    admin = Membership.objects.get(user__email="admin@pauillac.demo.parvis.test")
    assert (admin.commune, admin.role) == (commune, "admin")
    assert seed.is_loaded()


@pytest.mark.public
def test_loading_twice_changes_nothing(settings, association, capsys):
    settings.DEMO = True
    with owner():
        seed._create_accounts(association, seed.accounts())
    communes = set(Commune.objects.values_list("pk", "state"))

    call_command("demo_load")

    assert "already loaded" in capsys.readouterr().out
    assert set(Commune.objects.values_list("pk", "state")) == communes


@pytest.mark.public
def test_the_demo_is_refused_on_a_real_deployment():
    with pytest.raises(CommandError, match="PARVIS_DEMO"):
        call_command("demo_load")


def test_the_first_commune_shows_one_case_of_everything(commune):
    furnish(commune, LIVE[0])

    showcase.show(now=NOW, luck=random.Random(33))

    family = Appointment.objects.get(name="Camille Larrieu")
    assert (family.status, len(family.coming)) == ("booked", 4)
    assert Appointment.objects.filter(follows__outcome="incomplete").exists()
    assert WaitingEntry.objects.count() == 3
    assert Appointment.objects.filter(waiting_entry__isnull=False, status="held").exists()
    assert Title.objects.filter(told_at__isnull=False).exists()
    assert OpeningOverride.objects.exists()
    outage = Outage.objects.get()
    assert outage.cases.open().filter(appointment__proposals__isnull=False).exists()
    assert outage.cases.exclude(pk__in=outage.cases.open()).exists()
    read_model.refresh_all(now=NOW)
    assert read_model.wrong_rows(now=NOW) == []

    letters.show(now=NOW)
    told = {key.split(".")[0] + language for key, language in keys_and_languages()}
    events = {each.name[: -len("_subject.txt")] for each in EMAILS.glob("*_subject.txt")}
    assert {event + language for event in events for language in ("fr", "en")} <= told


def keys_and_languages():
    return OutgoingEmail.objects.values_list("key", "language")
