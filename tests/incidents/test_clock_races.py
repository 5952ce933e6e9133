"""Two workers run the same clock at the same moment: everybody is told once."""

from datetime import timedelta

from incidents import clocks
from incidents.models import Report, ReportEvent
from parvis.models import OutgoingEmail
from tests.booking.test_races import together
from tests.incidents.factories import category, report, team
from tests.incidents.test_clocks import MONDAY, WEEK, asked


def test_those_in_charge_are_told_once(real_commune):
    found = report(category(promise=10, promise_unit="hours"), now=MONDAY)
    Report.objects.filter(pk=found.pk).update(team=team().team)

    told = together(real_commune, [lambda: clocks.escalate(now=MONDAY + timedelta(hours=9))] * 4)

    assert sorted(told) == [0, 0, 0, 1]
    assert ReportEvent.objects.filter(kind="escalated").count() == 1


def test_a_silent_reporter_is_reminded_and_closed_once(real_commune):
    found = asked(now=MONDAY)

    reminded = together(real_commune, [lambda: clocks.follow_silent(now=MONDAY + WEEK)] * 4)
    closed = together(real_commune, [lambda: clocks.follow_silent(now=MONDAY + 3 * WEEK)] * 4)

    assert sum(reminded) == sum(closed) == 1
    assert OutgoingEmail.objects.filter(key__startswith="reminded.").count() == 1
    assert found.changes.filter(after="rejected").count() == 1
