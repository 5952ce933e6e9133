"""What citizens have reported in the communes of the demo; every citizen is invented.

Everything is done by the actions that pages call, at moments of the past year.
"""

import random
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from demo import town
from demo.everyday import VARIANTS, Teller, developed, drawn
from demo.furnishing import FOREMAN, TEAMS, Partners, set_up
from demo.town import ELSEWHERE, STREETS, TALES, THANKS, WORDS, Street, Tale
from identity.members import ADMIN, REPORT_AGENT, Member
from incidents import (
    desk,
    following,
    merging,
    partners,
    photos,
    reporters,
    saved,
    stops,
    teamwork,
    transfers,
)
from incidents.actions import receive
from incidents.calendar import current_commune, zone
from incidents.geo import Place
from incidents.models import Category, Handler, Report, Stop, Team
from incidents.reconfiguring import reconfigure
from incidents.stops import Answer, Outcome
from incidents.territory import territory
from incidents.workflow import Status
from tenants.models import Commune, Membership


ORDINARY, FEW = 92, 2
CONCERNED = 9  # who join the first tale, besides those whose reports are merged with it
ROUND_STOPS = 5
YESTERDAY_STOPS = 4
YESTERDAY = (
    (Outcome.DONE, "Fait."),
    (Outcome.DONE, ""),
    (Outcome.LATER, "Il manque une pièce."),
    (Outcome.DONE, ""),
    (Outcome.NOT_FOUND, ""),
)
SHARED_OUT = 8  # open reports given to the foreman


@transaction.atomic
def tell(*, insee_code: str, pack: str, now: datetime, luck: random.Random, is_shown: bool) -> int:
    """Open reports in the active commune; where ``is_shown``, in every state there is."""
    shutil.rmtree(photos.folder(), ignore_errors=True)
    known = set_up(
        insee_code=insee_code, pack=pack, now=now - timedelta(days=366), is_whole=is_shown
    )
    teller = Teller(now=now, luck=luck)
    if is_shown:
        told = len(teller.year(ORDINARY, STREETS)) + _tales(teller, known)
        _rounds(teller)
    else:
        told = len(teller.year(FEW, _streets(insee_code), days=40))
    photos.develop_waiting(now=now, run=developed)
    for report in Report.objects.select_related("category").filter(visibility="pending"):
        if now - report.submitted_at > timedelta(days=1, hours=12):
            teller.publish(report, at=min(now, report.submitted_at + timedelta(hours=5)))
    return told


def finish(*, neighbour: Commune, now: datetime) -> None:
    """Add to the active commune what needs its accounts and another commune."""
    people = {
        each.role: Member(user_id=each.user_id, name=each.user.display_name, role=each.role)
        for each in Membership.objects.filter(
            commune=current_commune(), role__in=[ADMIN, REPORT_AGENT]
        ).select_related("user")
    }
    admin, foreman = people[ADMIN], people[REPORT_AGENT]
    reconfigure(
        label="Membres des équipes",
        work=lambda: Team.objects.update(members=[foreman.user_id]),
        by=admin,
        now=now,
    )
    for name, query in town.FILTERS:
        saved.keep(name=name, query=query, is_shared=True, by=admin)
    under_way = Report.objects.filter(status__in=[Status.ACCEPTED, Status.PLANNED])
    for report in under_way.select_related("team").order_by("-submitted_at")[:SHARED_OUT]:
        desk.assign(
            report=report,
            team=report.team,
            assignee=(foreman.user_id, foreman.name),
            by=admin,
            now=now,
            is_told=False,
        )
    _hand_over(neighbour, now=now)


def _hand_over(neighbour: Commune, *, now: datetime) -> None:
    """Give what was reported on the other side of the border to the commune it belongs to."""
    report, _token = receive(
        category=Category.objects.get(code="depot-sauvage"),
        text="Des bidons dans le fossé, juste après le panneau de sortie.",
        place=Place(45.2215, -0.7905),
        address="Route de Lesparre",
        channel=Report.Channel.WEB,
        now=now - timedelta(hours=5),
        idempotency_key=UUID(int=neighbour.pk, version=4),
        email="riverain@example.org",
    )
    transfers.hand_over(
        report=report,
        commune=neighbour,
        text=WORDS["transferred"],
        by=FOREMAN,
        now=now - timedelta(hours=2),
    )


def _streets(insee_code: str) -> tuple[Street, ...]:
    """Name some streets around a town hall."""
    home = territory(insee_code).centre
    return tuple(
        Street(name, home.lat + shift, home.lon - shift / 2, 0.001)
        for name, shift in zip(ELSEWHERE, (0.002, 0.0, -0.002, 0.004), strict=True)
    )


def _tales(teller: Teller, known: Partners) -> int:
    """Tell one report of every kind of story."""
    streets = {street.name: street for street in STREETS}
    told: list[Report] = []
    for tale in TALES:
        at = teller.ago(tale.days)
        report = teller.in_street(
            tale.code, tale.words, streets[tale.street], at=at, is_known=True
        )
        told.append(report)
        _become(teller, report, tale, known, master=told[0])
    for words in THANKS[1:]:
        _thank(teller, words, praises=None)
    return len(told)


def _become(
    teller: Teller, report: Report, tale: Tale, known: Partners, *, master: Report
) -> None:
    special: dict[str, Callable[[datetime], object]] = {
        "": lambda _at: None,
        "joined": lambda at: _join(teller, report, at=at),
        "duplicate": lambda at: merging.merge(report=report, master=master, by=FOREMAN, now=at),
        "overdue": lambda at: teller.move(report, Status.ACCEPTED, at=at),
        "planned": lambda at: _plan(teller, report, at=at),
        "contested": lambda at: _contest(teller, report, at=at),
        "reopened": lambda at: _reopen(teller, report, at=at),
        "forwarded": lambda at: _forward(report, known.county, tale.outcome, at=at),
        "answered": lambda at: _let_county_answer(teller, report, known.county, at=at),
        "lighting": lambda at: _let_company_begin(teller, report, known.lighting, at=at),
        "rejected": lambda at: teller.move(
            report, Status.REJECTED, at=at, words=WORDS["rejected"], reason="not_found"
        ),
        "resolved": lambda at: teller.repair(report, since=at, days=2),
        "thanked": lambda at: _repair_with_thanks(teller, report, at=at),
        "cancelled": lambda at: reporters.cancel(report=report, now=at),
    }
    at = teller.later(report.submitted_at, 1)
    if tale.outcome in special:
        special[tale.outcome](at)
    else:
        teller.move(report, Status(tale.outcome), at=at, words=WORDS.get(tale.outcome, ""))


def _join(teller: Teller, report: Report, *, at: datetime) -> None:
    teller.move(report, Status.ACCEPTED, at=at, words=WORDS["accepted"])
    for _neighbour in range(CONCERNED):
        following.join(report=report, now=teller.later(at, 0.2))


def _plan(teller: Teller, report: Report, *, at: datetime) -> None:
    day = (teller.now + timedelta(days=6)).date()
    teller.move(report, Status.PLANNED, at=at, words=WORDS["planned"], planned_on=day)


def _contest(teller: Teller, report: Report, *, at: datetime) -> None:
    teller.move(report, Status.RESOLVED, at=at, words=WORDS["contested"], reason="repaired")
    words = "Il en reste devant le portail."
    later = teller.later(at, 1)
    reporters.contest(report=report, reason="badly_repaired", text=words, now=later)


def _reopen(teller: Teller, report: Report, *, at: datetime) -> None:
    teller.take_photo(report, "rubbish", at=at, is_after=True)
    teller.move(report, Status.RESOLVED, at=at, words=WORDS["reopened"], reason="repaired")
    teller.move(report, Status.REOPENED, at=teller.later(at, 5), reason="not_repaired")


def _forward(report: Report, handler: Handler, words: str, *, at: datetime) -> None:
    transfers.forward(report=report, handler=handler, text=WORDS[words], by=FOREMAN, now=at)


def _let_county_answer(teller: Teller, report: Report, county: Handler, *, at: datetime) -> None:
    _forward(report, county, "answered", at=at)
    partners.acknowledge(
        report=report,
        handler=county,
        day=(teller.now + timedelta(days=9)).date(),
        text="Le panneau est commandé, pose par le centre routier.",
        now=teller.later(at, 2),
    )


def _let_company_begin(teller: Teller, report: Report, company: Handler, *, at: datetime) -> None:
    _forward(report, company, "lighting", at=at)
    partners.begin(
        report=report,
        handler=company,
        text="La platine est à changer, pièce reçue.",
        now=teller.later(at, 3),
    )


def _repair_with_thanks(teller: Teller, report: Report, *, at: datetime) -> None:
    teller.repair(report, since=at, days=5)
    _thank(teller, THANKS[0], praises=report)


def _thank(teller: Teller, words: str, *, praises: Report | None) -> None:
    at = teller.ago(teller.luck.randint(2, 6))
    teller.say("merci", words, place=None, address="", at=at, praises=praises)


def _rounds(teller: Teller) -> None:
    """Let a team have been out yesterday, and be out today, for what is done on the street."""
    roads = Team.objects.get(name=TEAMS[0][0])
    today = teller.now.astimezone(zone()).date()
    ready = list(
        Report.objects.filter(
            status=Status.ACCEPTED,
            team=roads,
            category__group__in=TEAMS[0][1],
            lat__isnull=False,
            reporters__lt=CONCERNED,
        )
        .select_related("category")
        .order_by("due_at", "pk")[: 2 * ROUND_STOPS]
    )
    gone, going = ready[:YESTERDAY_STOPS], ready[YESTERDAY_STOPS : YESTERDAY_STOPS + ROUND_STOPS]
    if not gone or not going:
        return
    yesterday = teamwork.plan_round(
        reports=gone,
        title="Bages, Saint-Lambert et quais",
        day=today - timedelta(days=1),
        team=roads,
        by=FOREMAN,
        start=town.DEPOT,
    )
    for rank, stop in enumerate(yesterday.stops.select_related("report__category")):
        _leave(teller, stop, rank)
    teamwork.plan_round(
        reports=going,
        title="Centre et Le Pouyalet",
        day=today,
        team=roads,
        by=FOREMAN,
        start=town.DEPOT,
    )


def _leave(teller: Teller, stop: Stop, rank: int) -> None:
    outcome, note = YESTERDAY[rank % len(YESTERDAY)]
    category = stop.report.category
    picture = None
    if outcome == Outcome.DONE and category.needs_after_photo:
        picture = drawn(town.SAYINGS[category.code].picture, stop.report_id % VARIANTS, True)
    stops.leave(
        stop=stop,
        answer=Answer(
            outcome=outcome,
            key=UUID(int=teller.luck.getrandbits(128), version=4),
            reason="repaired" if outcome == Outcome.DONE else "",
            note=note,
            picture=picture,
            minutes=30 + 10 * rank,
        ),
        now=max(teller.now - timedelta(hours=26 - rank), stop.report.touched_at),
    )
