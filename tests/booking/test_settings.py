"""The settings: who changes them, and how a change is taken back."""

from datetime import time

import pytest
from django.utils import timezone

from booking import reconfiguring
from booking.models import Opening, Resource, Service, Settings, SettingsChange
from parvis import snapshots
from tests.booking.settings_client import HOME, open_settings, text_of
from tests.factories import (
    AppointmentFactory,
    OpeningFactory,
    ResourceFactory,
    ServiceFactory,
)


pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(make_user, commune):
    return open_settings(make_user, commune)


def change(work, label="Essai"):
    return reconfiguring.reconfigure(label=label, work=work, by=None, now=timezone.now())


def undo(change):
    return reconfiguring.undo(change=change, now=timezone.now())


def shape():
    return reconfiguring._read()


@pytest.mark.parametrize("role", ["booking_agent", "reader", "report_agent"])
def test_only_an_administrator_opens_the_settings(make_user, commune, role):
    client = open_settings(make_user, commune, role=role)

    answer = client.get(HOME)

    assert answer.status_code == 403
    assert "réservés à l’administrateur" in text_of(answer)


def test_the_home_page_tells_the_state_of_each_part(admin):
    answer = admin.get(HOME)

    assert "Créneau gardé 10 minutes" in text_of(answer)
    assert "Voir comme un citoyen" in text_of(answer)


def test_a_rule_is_changed_and_taken_back(admin):
    typed = {"hold_minutes": 15, "presence_days": 3, "offer_minutes": 60, "misses_allowed": ""}

    admin.post(f"{HOME}regles/", typed)
    assert Settings.objects.get().hold_minutes == 15
    page = admin.get(HOME)
    assert "Règles modifiées" in text_of(page)
    admin.post(f"{HOME}changements/{SettingsChange.objects.get().pk}/annulation/")

    assert Settings.objects.get().hold_minutes == 10
    assert "Annulé : Règles modifiées" in text_of(admin.get(HOME))


def test_a_wrong_rule_is_refused_and_what_was_typed_stays(admin):
    typed = {"hold_minutes": 900, "presence_days": 3, "offer_minutes": 60, "misses_allowed": ""}

    answer = admin.post(f"{HOME}regles/", typed)

    assert answer.status_code == 422
    assert "entre 5 et 60" in text_of(answer)
    assert 'value="900"' in answer.content.decode()


def test_every_change_is_read_by_all_processes(commune):
    before = Settings.objects.get_or_create(pk=1)[0].version

    change(ServiceFactory)
    after = Settings.objects.get().version
    undo(SettingsChange.objects.get())

    assert before < after < Settings.objects.get().version


def test_undoing_restores_rows_and_links_exactly(commune):
    card, passport = ServiceFactory(slug="a"), ServiceFactory(slug="b", minutes=[20, 30])
    counter = ResourceFactory(services=[card, passport])
    opening = OpeningFactory(resources=[counter])
    before = shape()

    def work():
        counter.services.set([card])
        Service.objects.filter(pk=passport.pk).update(minutes=[15], name="Autre")
        Opening.objects.filter(pk=opening.pk).update(start_time=time(8))
        opening.resources.add(ResourceFactory(site=counter.site))

    made = change(work)
    assert shape() != before
    undo(made)

    assert shape() == before


def test_undoing_a_deletion_brings_the_row_back_with_what_hung_on_it(commune):
    opening = OpeningFactory(resources=[ResourceFactory()])
    opening.overrides.create(day="2026-12-01", reason="Formation")
    before = shape()

    made = change(opening.delete)
    assert not Opening.objects.exists()
    undo(made)

    assert shape() == before


def test_what_changed_again_is_undone_in_order(commune):
    counter = ResourceFactory(name="Un")
    first = change(lambda: Resource.objects.update(name="Deux"), "Premier")
    second = change(lambda: Resource.objects.update(name="Trois"), "Second")

    with pytest.raises(snapshots.ChangedSince, match="Second"):
        undo(first)
    undo(second)
    undo(first)

    counter.refresh_from_db()
    assert counter.name == "Un"


def test_undoing_twice_changes_nothing(commune):
    counter = ResourceFactory(name="Un")
    made = change(lambda: Resource.objects.update(name="Deux"))
    undo(made)
    Resource.objects.update(name="Trois")

    undo(made)

    counter.refresh_from_db()
    assert counter.name == "Trois"


def test_what_has_appointments_stays(commune):
    made = change(lambda: ServiceFactory(slug="nouvelle"))
    AppointmentFactory(service=Service.objects.get(slug="nouvelle"))

    with pytest.raises(reconfiguring.UsedSince):
        undo(made)

    assert Service.objects.filter(slug="nouvelle").exists()
    assert SettingsChange.objects.get().undone_at is None


def test_somebody_who_waits_keeps_a_service_from_vanishing(commune):
    made = change(lambda: ServiceFactory(slug="nouvelle"))
    service = Service.objects.get(slug="nouvelle")
    service.waiting.create(
        name="Jeanne",
        email="jeanne@example.org",
        token_hash="x",
        first_day="2026-12-01",
        last_day="2026-12-31",
    )

    with pytest.raises(reconfiguring.UsedSince):
        undo(made)

    assert service.waiting.exists()


def test_a_change_that_hides_others_is_not_undone_over_them(commune):
    made = change(lambda: ResourceFactory(name="Nouveau"))
    counter = Resource.objects.get()
    OpeningFactory(resources=[counter])

    with pytest.raises(reconfiguring.UsedSince):
        undo(made)

    assert Opening.objects.get().resources.get() == counter


def test_nothing_is_kept_of_a_change_that_changes_nothing(commune):
    ResourceFactory(name="Un")

    assert change(lambda: Resource.objects.update(name="Un")) is None
    assert not SettingsChange.objects.exists()


def test_a_refusal_is_said_and_leaves_the_change(admin):
    ResourceFactory(name="Un")
    first = change(lambda: Resource.objects.update(name="Deux"), "Premier")
    change(lambda: Resource.objects.update(name="Trois"), "Second")

    admin.post(f"{HOME}changements/{first.pk}/annulation/")

    assert "Annulez d’abord « Second »" in text_of(admin.get(HOME))
