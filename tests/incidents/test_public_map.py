"""The map that everybody sees: the marks of what is published, and of nothing else."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from identity.members import Member
from incidents import desk
from incidents.models import Report
from tests.booking.settings_client import SettingsClient, text_of
from tests.incidents.factories import category, report


pytestmark = pytest.mark.django_db
AGENT = Member(user_id=1, name="A. Agent", role="report_agent")
MARKS = "/signalements/carte.json"
HERE = "boite=45.15,-0.80,45.25,-0.70&z=14"


@pytest.fixture
def client(commune):
    return SettingsClient(commune)


@pytest.fixture
def hole(commune):
    return category(moderation="after")


def said(kind, **options):
    return report(kind, **{"now": timezone.now()} | options)


def page_of(made):
    return f"/signalements/{made.reference}/"


def marks_of(client, query=HERE):
    answer = client.get(f"{MARKS}?{query}")
    assert answer.status_code == 200, text_of(answer)
    return answer.json()["marks"]


def test_the_map_shows_what_the_list_shows(client, hole):
    made = said(hole)
    Report.objects.filter(pk=said(hole).pk).update(visibility="pending")

    (mark,) = marks_of(client)

    assert (mark["reference"], mark["href"]) == (made.reference, page_of(made))
    assert marks_of(client, HERE + "&etat=termines") == []


def test_reports_too_near_each_other_lead_to_their_list(client, hole):
    said(hole)
    said(hole)

    (mark,) = marks_of(client)

    assert (mark["n"], mark["label"]) == (2, "2 signalements")
    assert len(client.get(mark["href"]).context["rows"]) == 2


@pytest.mark.parametrize(
    "query",
    [
        "", "boite=&z=14", "boite=1,2,3&z=14", "boite=1,2,3,4,5&z=1",
        "boite=45.2,-0.8,45.1,-0.7&z=14",
        "boite=nan,nan,nan,nan&z=14", "boite=-inf,-0.8,inf,-0.7&z=14", "boite=0,0,91,1&z=14",
        "boite=a,b,c,d&z=14", HERE + "4",
        HERE.replace("z=14", "z=-1"), HERE.replace("z=14", "z=²"),
        HERE + "&q=%00", HERE + "&etat=ailleurs",
    ],
)  # fmt: skip
def test_a_part_of_the_map_that_does_not_exist_is_refused(client, hole, query):
    answer = client.get(f"{MARKS}?{query}")

    assert answer.status_code == 400
    assert answer.json()["marks"] == []


def test_the_same_map_again_is_not_sent_again_until_something_changes(client, hole):
    made = said(hole)
    first = client.get(f"{MARKS}?{HERE}")

    again = client.get(f"{MARKS}?{HERE}", headers={"if-none-match": first["ETag"]})
    desk.withdraw(report=made, by=AGENT, now=timezone.now())
    later = client.get(f"{MARKS}?{HERE}", headers={"if-none-match": first["ETag"]})

    assert (again.status_code, later.status_code) == (304, 200)
    assert later.json()["marks"] == []


def test_the_map_asks_as_many_questions_for_many_reports(client, hole):
    def asked():
        with CaptureQueriesContext(connection) as questions:
            marks_of(client)
        return len(questions)

    said(hole)
    marks_of(client)
    few = asked()
    for _each in range(12):
        said(hole)

    assert asked() <= few <= 5 + 2
