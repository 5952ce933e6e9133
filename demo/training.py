"""Trainings of the demo: two that took place, one next week at Pauillac, one in preparation."""

import random
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.db import transaction
from django_tenants.utils import tenant_context

from demo import lessons
from learning.models import StepDone
from parvis.models import OutgoingEmail
from parvis.periods import PARIS
from tenants.models import Association, Commune, Membership
from training import letters, scheduling, surveys
from training.models import (
    Attendance,
    Commitment,
    HelpRequest,
    LearningPath,
    Material,
    PathStep,
    Signature,
    SurveyReply,
    Trainer,
    TrainingSession,
)
from training.scheduling import Plan


TRAINERS = (("Claire Videau", "claire.videau@demo.parvis.test"), ("Hugo Lestage", ""))
SEATS, ROOM, INVITED_COMMUNES = 12, 20, 6
FRIDAY = 4
State = Attendance.State
# Of those who are invited to the session of next week, in order.
ANSWERS = [State.REGISTERED] * SEATS + [State.WAITLISTED] * 3 + [State.DECLINED] * 2
PROMISES = (
    ("Poser l’affiche et le code à l’accueil", 10, True),
    ("Dire quels documents apporter dans le message du répondeur", 20, False),
    ("Donner un accès aux services techniques", 30, False),
)


@transaction.atomic
def tell(association: Association, *, communes: Sequence[Commune], now: datetime) -> None:
    """Write sessions, material and paths; in public, once the accounts are there."""
    OutgoingEmail.objects.filter(key__startswith="training-").delete()  # of a load before
    luck = random.Random(f"training:{now.date()}")  # noqa: S311 (invented people)
    trainers = [
        Trainer.objects.create(association=association, name=name, email=email)
        for name, email in TRAINERS
    ]
    host, neighbour = communes[0], communes[1]
    _past(association, neighbour, trainers[1], communes[1:6], now=now, days=-40, luck=luck)
    _past(association, host, trainers[0], communes[:6], now=now, days=-12, luck=luck)
    _next_week(association, host, trainers, communes[:INVITED_COMMUNES], now=now)
    draft = _plan(
        "Lire ses chiffres et les dire au conseil", host, now=now, days=35, kind="remote"
    )
    scheduling.create(association=association, plan=draft)
    paths = _material(association, now=now)
    _questions(association, communes[:3], now=now)
    _progress(host, paths[0], now=now)


def _plan(  # noqa: PLR0913 - keyword-only but for what it is about
    title: str,
    host: Commune,
    *,
    now: datetime,
    days: int,
    kind: str = "on_site",
    trainers: Sequence[Trainer] = (),
    topics: Sequence[str] = ("booking",),
) -> Plan:
    day = (now.astimezone(PARIS) + timedelta(days=days)).date()
    day -= timedelta(days=max(0, day.weekday() - FRIDAY))
    hours = [(time(9, 30), time(12)), (time(13, 30), time(16))]
    is_remote = kind == "remote"
    return Plan(
        title=title,
        kind=kind,
        topics=list(topics),
        half_days=[
            (datetime.combine(day, start, PARIS), datetime.combine(day, end, PARIS))
            for start, end in (hours[:1] if is_remote else hours)
        ],
        max_seats=SEATS,
        trainers=list(trainers),
        host_commune_id=None if is_remote else host.pk,
        place="" if is_remote else f"Salle du conseil, mairie de {host.name}",
        meeting_url="https://visio.example.org/parvis" if is_remote else "",
        room_capacity=None if is_remote else ROOM,
        commune_quota=3,
        objectives="Prendre, déplacer et tenir les rendez-vous ; dire quels documents apporter.",
        programme="9 h 30 : ce qui vous prend du temps aujourd’hui\n10 h : la journée au guichet\n"
        "13 h 30 : vos cas, sur la commune d’entraînement\n15 h 30 : ce que chacun fera, et pour"
        " quand",
    )


def _invite(
    session: TrainingSession, communes: Sequence[Commune], *, at: datetime
) -> list[Attendance]:
    """Invite everybody of some communes, one of each commune after the other."""
    members = Membership.objects.filter(commune__in=communes, is_active=True)
    people: dict[str, Attendance] = {}
    order = ["booking_agent", "admin", "report_agent", "reader"]
    for each in sorted(
        members.select_related("user", "commune"), key=lambda row: (order.index(row.role), row.pk)
    ):
        address = each.user.email.lower()
        people.setdefault(
            address,
            Attendance(
                session=session,
                user=each.user,
                commune=each.commune,
                name=str(each.user),
                email=address,
                invited_at=at,
            ),
        )
    return list(people.values())


def _next_week(
    association: Association,
    host: Commune,
    trainers: Sequence[Trainer],
    communes: Sequence[Commune],
    *,
    now: datetime,
) -> None:
    plan = _plan("Accueillir avec Parvis", host, now=now, days=7, trainers=trainers)
    session = scheduling.create(association=association, plan=plan)
    invited = now - timedelta(days=14)
    people = _invite(session, communes, at=invited)
    for number, (person, state) in enumerate(zip(people, ANSWERS, strict=False)):
        person.state = state
        person.answered_at = invited + timedelta(hours=5 * number + 2)
        if state == State.WAITLISTED:
            person.waitlisted_at = person.answered_at
        if state == State.REGISTERED:
            person.wants_lunch = number % 3 != 0
            person.carpool = ("offers", "none", "seeks", "none")[number % 4]
    names = {commune.pk: commune.name for commune in communes}
    for person in people:
        person.carpool_from = names[person.commune_id] if person.carpool != "none" else ""
    people[2].accessibility = "Place pour un fauteuil, près de la porte"
    Attendance.objects.bulk_create(people)
    session.registered_count = sum(each.state == State.REGISTERED for each in people)
    session.status = session.Status.OPEN
    session.save(update_fields=["registered_count", "status"])
    letters.write(session=session, now=now)


def _past(  # noqa: PLR0913 - keyword-only but for who and where
    association: Association,
    host: Commune,
    trainer: Trainer,
    communes: Sequence[Commune],
    *,
    now: datetime,
    days: int,
    luck: random.Random,
) -> None:
    plan = _plan("Prise en main", host, now=now, days=days, trainers=[trainer], topics=["parvis"])
    session = scheduling.create(association=association, plan=plan)
    people = _invite(session, communes, at=plan.half_days[0][0] - timedelta(days=21))[:SEATS]
    for number, person in enumerate(people):
        person.state = State.ABSENT if number == len(people) - 1 else State.ATTENDED
        person.answered_at = person.invited_at + timedelta(days=1)
        person.hot_answered = person.state == State.ATTENDED
    Attendance.objects.bulk_create(people)
    present = [each for each in people if each.state == State.ATTENDED]
    _sign(session, present, trainer, luck)
    _opinions(session, len(present), now=now, luck=luck)
    for (what, due, is_done), person in zip(PROMISES, present, strict=False):
        Commitment.objects.create(
            session=session,
            commune_id=person.commune_id,
            who=person.name,
            what=what,
            due=(session.ends_at + timedelta(days=due)).date(),
            done_at=session.ends_at + timedelta(days=due - 2) if is_done else None,
            done_by_name=person.name if is_done else "",
        )
    session.registered_count = len(people)
    session.status = session.Status.DONE
    session.save(update_fields=["registered_count", "status"])


def _sign(
    session: TrainingSession, present: Sequence[Attendance], trainer: Trainer, luck: random.Random
) -> None:
    rows = []
    for half_day in session.half_days.all():
        start = half_day.period.lower
        rows.append(
            Signature(
                half_day=half_day,
                trainer=trainer,
                at=start - timedelta(minutes=3),
                method=Signature.Method.DRAWN,
                drawing=_drawing(luck),
            )
        )
        rows += [
            Signature(
                half_day=half_day,
                attendance=person,
                at=start + timedelta(minutes=luck.randint(1, 12)),
                method=Signature.Method.DRAWN,
                drawing=_drawing(luck),
            )
            for person in present
        ]
    Signature.objects.bulk_create(rows)


def _drawing(luck: random.Random) -> str:
    """Draw loops that nobody could take for the signature of somebody."""
    points, x, y = [], 60, 120
    for _point in range(18):
        x += luck.randint(8, 34)
        y = min(180, max(20, y + luck.randint(-70, 70)))
        points.append(f"{min(x, 580)} {y}")
    return "M" + "L".join(points)


def _opinions(session: TrainingSession, count: int, *, now: datetime, luck: random.Random) -> None:
    day = session.ends_at.date()
    is_old = now - session.ends_at > timedelta(days=30)
    said = lessons.VERBATIMS[4:] if is_old else lessons.VERBATIMS[:4]
    rows = [
        SurveyReply(
            session=session,
            kind=SurveyReply.Kind.HOT,
            scores={code: luck.choice((2, 3, 3, 4, 4, 4)) for code in surveys.QUESTIONS},
            recommends=luck.choice((5, 7, 8, 9, 9, 10, 10)),
            verbatim=said[number] if number < len(said) else "",
            day=day,
        )
        for number in range(count)
    ]
    if is_old:
        uses = [code for code in surveys.USES if code != "none"]
        rows += [
            SurveyReply(
                session=session,
                kind=SurveyReply.Kind.COLD,
                scores=dict.fromkeys(luck.sample(uses, 3), 1),
                recommends=luck.choice((7, 8, 9, 10)),
                day=day + timedelta(days=30),
            )
            for _number in range(count // 2 + 1)
        ]
    SurveyReply.objects.bulk_create(rows)


def _material(association: Association, *, now: datetime) -> list[LearningPath]:
    today = now.astimezone(PARIS).date()
    guides = Material.objects.bulk_create(
        Material(association=association, **({"kind": "guide", "written_on": today} | fields))
        for fields in lessons.GUIDES
    )
    paths = []
    for role, title, summary, steps in lessons.PATHS:
        path = LearningPath.objects.create(
            association=association, role=role, title=title, summary=summary
        )
        paths.append(path)
        for position, (name, what) in enumerate(steps, start=1):
            step = PathStep(path=path, position=position, title=name)
            if isinstance(what, int):
                step.kind, step.material = PathStep.Kind.MATERIAL, guides[what]
            elif isinstance(what, str):
                step.kind, step.exercise = PathStep.Kind.EXERCISE, what
            else:
                step.kind, step.questions = PathStep.Kind.QUIZ, what
            step.save()
    return paths


def _questions(association: Association, communes: Sequence[Commune], *, now: datetime) -> None:
    asked = (
        ("booking:agent:new", "Comment prendre un rendez-vous pour une famille de cinq ?"),
        ("incidents:agent:report", "À qui transmettre un trou sur la départementale ?"),
        ("booking:agent:settings:hours", "Peut-on fermer un seul guichet le mercredi ?"),
    )
    for number, (commune, (screen, text)) in enumerate(zip(communes, asked, strict=True)):
        member = Membership.objects.filter(commune=commune).select_related("user").first()
        if member is not None:
            HelpRequest.objects.create(
                association=association,
                commune=commune,
                user_id=member.user_id,
                name=str(member.user),
                email=member.user.email,
                screen=screen,
                text=text,
                at=now - timedelta(days=number, hours=3),
                answered_at=now - timedelta(days=1) if number == len(asked) - 1 else None,
                answered_by_name=TRAINERS[0][0] if number == len(asked) - 1 else "",
            )


def _progress(host: Commune, path: LearningPath, *, now: datetime) -> None:
    """Let the reception of the host be in the middle of its path."""
    agent = Membership.objects.filter(commune=host, role="booking_agent").first()
    steps = list(path.steps.values_list("pk", flat=True))[:2]
    with tenant_context(host):
        StepDone.objects.bulk_create(
            StepDone(user_id=agent.user_id, path_id=path.pk, step_id=step, at=now)
            for step in steps
            if agent is not None
        )
