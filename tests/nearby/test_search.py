"""The soonest starts of all communes, in one query."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import BinaryField, TextField
from django_tenants.utils import schema_context

from booking import actions, read_model
from booking.taking import lock_configuration
from privacy import registry
from slots.models import FreeSlotDay, MeetingPoint, OfferedService, SlotKind
from slots.search import (
    Place,
    Wish,
    best_of_each,
    nearest_first,
    not_too_soon,
    place_of,
    search,
    soonest_first,
    times,
)
from tenants.models import Commune
from tests.booking.test_actions import hold
from tests.conftest import owner
from tests.nearby.conftest import LACANAU, PARIS, PAUILLAC, at, bits, offer, others, receive


CARD = Wish(reasons=("CNI",))


def names(found):
    return [each.commune for each in found]


@pytest.mark.parametrize(
    ("earliest", "hours", "number"),
    [(at(0, 8), [9, 10], 2), (at(0, 9), [9, 10], 2), (at(0, 9.01), [10], 1), (at(0, 11), [], 0)],
)
def test_what_is_too_soon_is_masked(earliest, hours, number):
    day = at(0, 0).date()
    left = not_too_soon(day, bits(9, 10), earliest=earliest, zone=PARIS)

    assert [each.hour for each in times(day, left, zone=PARIS)] == hours
    assert left.bit_count() == number


def test_hours_are_counted_from_midnight_when_the_clocks_change():
    nine_hours_later = int.from_bytes(bits(9), "little")

    (told,) = times(date(2026, 10, 25), nine_hours_later, zone=PARIS)

    assert told.hour == 8


pytest_db = [pytest.mark.django_db, pytest.mark.public]


class TestSearch:
    pytestmark = pytest_db

    def test_the_soonest_of_each_place_is_found(self, commune, other_commune, ready, now):
        offer(commune, {9: [9, 9.5, 10], 12: [8]}, place=PAUILLAC)
        offer(other_commune, {3: [14]})

        found = soonest_first(search(CARD, now=now))

        assert names(found) == ["Lacanau", "Pauillac"]
        assert found[1].starts == (at(9, 9), at(9, 9.5), at(9, 10))
        assert (found[1].n, found[1].days(now)) == (3, 9)

    def test_what_is_near_comes_first_and_what_is_far_not_at_all(
        self, commune, other_commune, ready, now
    ):
        offer(commune, {9: [9]}, place=PAUILLAC)
        offer(other_commune, {3: [14]})
        around = replace(CARD, place=Place(*PAUILLAC), km=50)

        found = nearest_first(search(around, now=now))
        near = search(replace(around, km=20), now=now)

        assert [(each.commune, round(each.km)) for each in found] == [
            ("Pauillac", 0), ("Lacanau", 35)
        ]  # fmt: skip
        assert names(near) == ["Pauillac"]

    def test_notice_and_horizon_are_those_of_each_service(self, commune, ready, now):
        offer(commune, {0: [9, 17], 2: [9], 5: [9]}, notice_hours=24, horizon_days=4)
        first = {each.first for each in search(CARD, now=now)}
        later = {each.first for each in search(CARD, now=now + timedelta(days=2))}

        assert first == {at(2, 9)}
        assert later == {at(5, 9)}

    def test_what_is_masked_whole_gives_the_next_day(self, commune, ready, now):
        offer(commune, {0: [9, 10.5], 4: [9]})  # it is 9 h, and two hours of notice

        assert [each.first for each in search(CARD, now=now)] == [at(4, 9)]

    def test_a_commune_without_any_start_is_full(self, commune, other_commune, ready, now):
        offer(commune, {80: [9]})
        offer(other_commune, {3: [14]})

        free, full = best_of_each(search(CARD, now=now))

        assert (names(free), names(full)) == (["Lacanau"], ["Pauillac"])

    def test_of_two_services_of_a_place_the_sooner_is_kept(self, commune, ready, now):
        offer(commune, {9: [9]})
        offer(commune, {3: [9]}, name="Carte d’identité, urgent")

        free, full = best_of_each(search(CARD, now=now))

        assert ([each.first for each in free], full) == ([at(3, 9)], [])

    def test_persons_titles_and_other_services_are_questions_of_their_own(
        self, commune, ready, now
    ):
        offer(commune, {3: [9]})
        offer(commune, {4: [9]}, persons=3)
        offer(commune, {5: [9]}, reason="PASSPORT")
        offer(commune, {6: [9]}, reason="", name="Recensement citoyen")

        def first(**wish):
            return [each.first for each in search(Wish(**wish), now=now)]

        assert first(reasons=("CNI",)) == [at(3, 9)]
        assert first(reasons=("CNI",), persons=(3,)) == [at(4, 9)]
        assert first(reasons=("PASSPORT",)) == [at(5, 9)]
        assert first(keys=("recensement citoyen",)) == [at(6, 9)]
        assert first() == first(keys=("",)) == []

    def test_only_what_serves_citizens_is_found(self, commune, other_commune, ready, now):
        offer(commune, {3: [9]})
        point = offer(other_commune, {3: [9]})
        assert len(search(CARD, now=now)) == 2
        assert names(search(replace(CARD, but=(commune.pk,)), now=now)) == ["Lacanau"]
        assert search(replace(CARD, association=0), now=now) == []
        with owner():
            MeetingPoint.objects.filter(pk=point.pk).update(is_active=False)
            Commune.objects.filter(pk=commune.pk).update(state="suspended")

        assert search(CARD, now=now) == []

    def test_many_communes_cost_one_query_as_one_does(
        self, association, commune, ready, now, django_assert_num_queries
    ):
        offer(commune, {3: [9]})
        search(CARD, now=now)
        with django_assert_num_queries(1):
            assert len(search(CARD, now=now)) == 1
        for number, each in enumerate(others(association, 12)):
            offer(each, {number: [9, 16]}, place=(45 + number / 100, -1))
        search(CARD, now=now)

        with django_assert_num_queries(1):
            found = search(replace(CARD, place=Place(*LACANAU), km=80), now=now)

        assert len(found) == 13

    def test_a_slot_taken_disappears_at_once(self, commune, ready, now):
        service = receive(commune, now=now)
        before = search(CARD, now=now)[0].first
        with schema_context(commune.schema_name):
            hold(service, now, start=before)

        assert search(CARD, now=now)[0].first == before + timedelta(minutes=20)

    def test_what_a_commune_offers_is_told_while_it_does(self, commune, ready, now):
        service = receive(commune, now=now, name="Passeport", titles="PASSPORT")
        told = OfferedService.objects.get()
        assert (told.number, told.reason, told.key) == (service.pk, "PASSPORT", "passeport")
        with schema_context(commune.schema_name):
            service.is_confidential = True
            service.save()
            actions.configuration_changed()
            lock_configuration()
            read_model.refresh_all(now=now)

        assert not OfferedService.objects.exists()

    def test_a_commune_writes_its_own_services_only(self, commune, other_commune, ready, now):
        offer(other_commune, {3: [9]})
        with schema_context(commune.schema_name):
            theirs = OfferedService.objects.filter(commune=other_commune)
            assert theirs.count() == 1
            assert theirs.update(name="x") == 0
            assert theirs.delete()[0] == 0
            row = theirs.get()
            row.pk, row.number = None, 99
            with pytest.raises(DatabaseError), transaction.atomic():
                row.save(force_insert=True)

    def test_a_commune_is_where_it_receives(self, commune, other_commune, ready, now):
        offer(commune, {}, place=PAUILLAC)

        assert place_of(commune) == Place(*PAUILLAC)
        assert place_of(other_commune) is None  # nobody loaded the communes of France here


@pytest.mark.django_db
@pytest.mark.public
def test_zero_personal_data_in_the_public_tables():
    models = (SlotKind, FreeSlotDay, MeetingPoint, OfferedService)
    assert list(registry.personal("slots")) == []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND starts_with(table_name, 'slots_')"
        )
        found = set(cursor.fetchall())
    declared = {
        (model._meta.db_table, field.column)
        for model in models
        for field in model._meta.concrete_fields
        if field.column
    }
    assert found == declared  # what the database has beyond the models would be told nowhere
    words = {
        (model.__name__, field.name)
        for model in models
        for field in model._meta.concrete_fields
        if isinstance(field, TextField | BinaryField)
    }
    assert words == {("FreeSlotDay", "starts")}  # five minutes a bit: no room for a word
