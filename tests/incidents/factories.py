"""What tests of reports start from."""

from datetime import UTC, datetime
from uuid import uuid4

from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents import actions
from incidents.geo import Place
from incidents.models import Category, Handler, Team


NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday, 10 h in Pauillac
QUAY = Place(45.1995, -0.7475)  # the quay of Pauillac


def category(**options):
    """Make a category: a pothole, promised in ten working days."""
    given = {"code": "nid-de-poule", "group": "Voirie", "name": "Nid-de-poule"} | options
    return Category.objects.create(**given)


def team(name="Voirie"):
    """Make a team with its handler."""
    made = Team.objects.create(name=name, email=f"{name.lower()}@example.org")
    return Handler.objects.create(kind="team", name=name, team=made)


def report(kind=None, **options):
    """Receive a report as a citizen sends it."""
    given = {
        "category": kind or Category.objects.first() or category(),
        "text": "Un trou au milieu de la rue.",
        "place": QUAY,
        "address": "Quai Albert-Pichon",
        "channel": "web",
        "now": NOW,
        "idempotency_key": uuid4(),
        "email": "jeanne@example.org",
    } | options
    made, _token = actions.receive(**given)
    return made


def planned(ask):
    """Return how PostgreSQL answers the one question that is asked, were its tables large."""
    with CaptureQueriesContext(connection) as asked:
        ask()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN " + asked[0]["sql"])
        return "\n".join(line for (line,) in cursor.fetchall())
