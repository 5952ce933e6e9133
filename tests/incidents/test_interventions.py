"""Visits are noted once, for one report or several, and what they took is shared exactly."""

from fractions import Fraction
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings, strategies as st

from incidents.models import Intervention
from incidents.work_shares import Total, Visit, shared
from tests.incidents.desk_pages import DESK, path_of, text_of
from tests.incidents.factories import category, report
from tests.incidents.test_teamwork import in_a_row


VISITS = st.lists(
    st.builds(
        Visit,
        minutes=st.integers(0, 10_000),
        cost_cents=st.integers(0, 10_000_000),
        reports=st.integers(1, 9),
    ),
    max_size=8,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(VISITS)
def test_the_shares_of_all_its_reports_are_the_visit_to_the_cent(visits):
    for each in visits:
        every = [shared([each])] * each.reports

        assert sum(every, Total()) == Total(Fraction(each.minutes), Fraction(each.cost_cents))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(VISITS, st.randoms())
def test_the_order_of_visits_does_not_matter(visits, luck):
    mixed = list(visits)
    luck.shuffle(mixed)

    assert shared(mixed) == shared(visits)


def test_a_visit_is_for_a_report():
    with pytest.raises(ValueError, match="for a report"):
        Visit(minutes=1, cost_cents=1, reports=0)


def page_of(report, *parts):
    return "/".join([f"{DESK}interventions/{report.reference}", *map(str, parts)]) + "/"


def noted(client, report, **sent):
    usual = {"done_on": "2026-11-24", "minutes": "30", "euros": "100,50", "key": str(uuid4())}
    return client.post(page_of(report), usual | sent)


@pytest.mark.django_db
def test_a_visit_for_three_reports_counts_a_third_for_each(agent):
    one, two, three = in_a_row(3)

    sent = noted(agent, one, references=f" {two.reference.lower()}, {three.reference};")

    assert sent.status_code == 302
    made = Intervention.objects.get()
    assert (made.minutes, made.cost_cents, made.by_name) == (30, 10_050, "report_agent")
    assert made.reports.count() == 3
    page = text_of(agent.get(page_of(two))).replace("\u00a0", " ")
    assert "10 minutes" in page
    assert "33,50 €" in page
    assert "Partagée avec 2 autres signalements." in page
    assert three.events.filter(kind="worked").count() == 1
    assert "30 min" in text_of(agent.get(path_of(two)))


@pytest.mark.django_db
def test_two_taps_note_one_visit(agent):
    made, key = report(category()), str(uuid4())

    for _each in range(2):
        assert noted(agent, made, key=key).status_code == 302

    assert Intervention.objects.count() == 1


@pytest.mark.django_db
def test_a_visit_is_put_right_and_erased(agent):
    one, two = in_a_row(2)
    noted(agent, one, references=two.reference)
    made = Intervention.objects.get()
    shown = agent.get(page_of(one, made.pk)).content.decode()
    right = {"done_on": "2026-11-25", "minutes": "5", "key": str(made.key)}

    agent.post(page_of(one, made.pk), right)

    assert two.reference in shown
    assert "100,50" in shown
    made.refresh_from_db()
    assert (made.minutes, made.cost_cents, made.reports.count()) == (5, 0, 1)
    assert agent.post(page_of(two, made.pk, "effacement")).status_code == 404
    agent.post(page_of(one, made.pk, "effacement"))
    assert not Intervention.objects.exists()
    assert one.events.filter(kind="worked").count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"done_on": ""},
        {"done_on": "2026-02-31"},
        {"minutes": "-1"},
        {"minutes": "9" * 30},
        {"euros": "-1"},
        {"euros": "1,234"},
        {"euros": "NaN"},
        {"euros": "9" * 30},
        {"references": "ZZZZZZZZ"},
        {"references": "x" * 401},
        {"note": "a\0b"},
        {"team": "999999999999999999999"},
        {"key": "x"},
        {"minutes": "", "euros": ""},
    ],
    ids=str,
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(agent, wrong):
    sent = noted(agent, report(category()), **({"material": "Enrobé à froid"} | wrong))

    if wrong == {"minutes": "", "euros": ""}:
        assert sent.status_code == 302  # some material is something
        return
    assert sent.status_code == 422
    assert "Enrobé à froid" in sent.content.decode()
    assert not Intervention.objects.exists()


@pytest.mark.django_db
def test_nothing_at_all_is_no_visit(agent):
    sent = noted(agent, report(category()), minutes="", euros="")

    assert sent.status_code == 422
    assert "Notez au moins" in text_of(sent)


@pytest.mark.django_db
def test_who_only_reads_notes_nothing(log_in):
    reader, made = log_in("reader"), report(category())

    assert "Noter une intervention" not in text_of(reader.get(page_of(made)))
    assert noted(reader, made).status_code == 403


@pytest.mark.django_db
def test_the_page_asks_as_often_for_many_as_for_few(agent):
    few, many = in_a_row(2)
    for made, times in ((few, 1), (many, 12)):
        for _each in range(times):
            noted(agent, made)
    agent.get(page_of(few))

    counts = []
    for made in (few, many):
        with CaptureQueriesContext(connection) as counted:
            agent.get(page_of(made))
        counts.append(len(counted))

    assert counts[0] == counts[1]
