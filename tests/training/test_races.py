"""The last seat, wanted by many at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.conf import settings
from django.db import connection

from tenants.models import Association
from tests.conftest import NOW
from tests.training.conftest import FIRST
from training import scheduling, seating
from training.models import Attendance, TrainingSession
from training.seating import Wish


RIVALS = 6


@pytest.fixture
def committed(real_commune, plan):
    """A session of two seats with people, written for other threads to see."""
    connection.settings_dict["TENANT_ROLES"] = False
    connection.set_schema_to_public()
    settings.EMAIL_BACKEND = "messaging.outbox.Outbox"
    association, _new = Association.objects.get_or_create(
        slug="essais", defaults={"name": "Essais", "short_name": "E", "departments": []}
    )
    session = scheduling.create(association=association, plan=plan(max_seats=2))
    scheduling.open_up(session=session)
    people = [
        Attendance.objects.create(
            session=session, commune=real_commune, name=f"P{n}", email=f"p{n}@example.org"
        )
        for n in range(RIVALS)
    ]
    yield session, people
    connection.settings_dict["TENANT_ROLES"] = False
    connection.set_schema_to_public()
    association.delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM parvis_outgoingemail WHERE key LIKE 'training-%'")


def at_once(work, things):
    barrier = Barrier(len(things))

    def one(thing):
        connection.set_schema_to_public()
        barrier.wait()
        try:
            return work(thing)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(things)) as pool:
        return list(pool.map(one, things))


def count(session, state):
    return Attendance.objects.filter(session=session, state=state).count()


def test_two_seats_go_to_two_people_and_a_freed_one_to_the_next(committed):
    session, people = committed

    at_once(lambda each: seating.answer(attendance=each, wish=Wish(True), now=NOW), people)
    assert (count(session, "registered"), count(session, "waitlisted")) == (2, RIVALS - 2)

    seated = list(Attendance.objects.filter(session=session, state="registered"))
    at_once(lambda each: seating.answer(attendance=each, wish=Wish(False), now=NOW), seated)

    assert (count(session, "registered"), count(session, "waitlisted")) == (2, RIVALS - 4)
    assert TrainingSession.objects.get(pk=session.pk).registered_count == 2
    assert FIRST > NOW
