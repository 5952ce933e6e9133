"""Two clicks at once on what work took: one visit, one task, and no refusal by the machine."""

from datetime import date
from uuid import uuid4

from identity.members import Member
from incidents import interventions, recurring, teamwork, transfers
from incidents.interventions import Erased, Work
from incidents.models import Handler, Intervention, Message, Report
from tenants.models import Commune
from tests.booking.test_races import together
from tests.incidents.factories import NOW, category, report
from tests.incidents.test_teamwork import in_a_row, planned


AGENT = Member(user_id=1, name="A. Agent", role="report_agent")
WORK = Work(done_on=date(2026, 11, 23), minutes=30)


def noted(reports):
    return interventions.keep(reports=reports, work=WORK, by=AGENT, key=uuid4(), now=NOW)


def test_a_visit_noted_twice_at_once_is_one(real_commune):
    made, key = report(), uuid4()

    found = together(
        real_commune,
        [lambda: interventions.keep(reports=[made], work=WORK, by=AGENT, key=key, now=NOW)] * 3,
    )

    assert len({each.pk for each in found}) == Intervention.objects.count() == 1


def test_a_visit_erased_twice_at_once_is_told_once(real_commune):
    one = report()
    made = noted([one])

    together(
        real_commune,
        [lambda: interventions.erase(made=Intervention(pk=made.pk), by=AGENT, now=NOW)] * 3,
    )

    assert one.events.filter(kind="worked", detail__words="–").count() == 1


def test_a_visit_erased_meanwhile_does_not_come_back(real_commune):
    one = report()
    made = noted([one])
    stale = Intervention.objects.get(pk=made.pk)
    interventions.erase(made=made, by=AGENT, now=NOW)

    (said,) = together(
        real_commune,
        [lambda: interventions.change(made=stale, reports=[one], work=WORK, by=AGENT, now=NOW)],
    )

    assert type(said) is Erased
    assert not Intervention.objects.exists()


def test_a_task_made_twice_at_once_is_one_with_one_note(real_commune):
    spot, key = in_a_row(3), uuid4()
    kind = category(code="entretien")

    def prevent():
        return recurring.prevent(category=kind, reports=spot, by=AGENT, key=key, now=NOW)

    made = together(real_commune, [prevent] * 3)

    assert len({each.pk for each in made}) == 1
    assert Report.objects.filter(channel="internal").count() == 1
    assert Message.objects.filter(report=made[0]).count() == 1


def test_a_stop_taken_out_meanwhile_is_not_moved(real_commune):
    tour = planned(in_a_row(2))
    first, last = tour.stops.all()
    teamwork.remove(stop=last)

    teamwork.shift(stop=last, by_ranks=-1)

    assert list(tour.stops.all()) == [first]


def test_two_agents_who_hand_over_at_once_find_one_handler(real_commune):
    state, neighbour = Commune.State.READY, {"insee_code": "33000", "schema_name": "c_33000"}
    there, kind = Commune(pk=0, state=state, name="Ailleurs", **neighbour), category()

    def hand_over(each):
        return lambda: transfers.hand_over(report=each, commune=there, text="", by=AGENT, now=NOW)

    moved = together(real_commune, [hand_over(report(kind)) for _each in range(3)])

    assert {each.handler.name for each in moved} == {"Ailleurs"}
    assert Handler.objects.count() == 1
