"""The association's work with its communes, invented: calls, obstacles, contracts, ideas.

The people, vendors and words are made up; the communes are real and never said any of it.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from demo import story
from demo.wishes import IDEAS, tell_ideas
from ideas.models import Idea
from onboarding import obstacles, todo
from onboarding.models import (
    Contact,
    ExistingSolution,
    Interaction,
    Obstacle,
    Onboarding,
    Referent,
    StageEvent,
    Task,
)
from onboarding.practice_people import invent
from onboarding.stages import Module, Reason, Stage
from tenants.models import Association, Commune, Membership, User


FUNCTIONS = (
    "Directrice générale des services",
    "Responsable de l’état civil",
    "Secrétaire générale",
    "Responsable de l’accueil",
    "Responsable informatique",
)
EVIDENCE = {
    Stage.CONSIDERING: "Visite à la mairie avec la responsable de l’accueil.",
    Stage.COMMITTED: "Délibération du conseil municipal, convention reçue.",
    Stage.CONFIGURING: "La responsable de l’état civil a accepté son invitation.",
    Stage.TRAINING: "Inscrite à la prochaine session sur place.",
    Stage.LIVE: "Premier rendez-vous pris en ligne par un habitant.",
    Stage.CHURNED: "Export remis à la directrice générale des services.",
}
TALKS = (
    (
        "call",
        "Elle a vu la page de Pauillac. Veut savoir combien de temps prend la mise en route.",
    ),
    ("mail", "Envoyé le modèle de délibération et la convention de traitement des données."),
    ("visit", "Montré le guichet du jour à toute l’équipe. Le téléphone sonne sans arrêt."),
    ("note", "Le conseil municipal se réunit le mois prochain."),
    ("call", "Demande une formation sur place, avec tous les agents."),
)
# Days from today to the end of the contract, notice, mode; vendors do not exist.
SOLUTIONS: dict[str, tuple[str, str, int | None, int, int | None, int, tuple[str, ...]]] = {
    "33063": ("Alpha Agenda", "Ville", 210, 180, None, 3, ("family_portal", "citizen_suite")),
    "33318": ("Bêta Guichet", "Rendez-vous", 60, 90, 1, 2, ("website",)),
    "33249": ("Gamma Citoyens", "Mutualisé", 400, 120, 2, 4, ("civil_registry",)),
    "33550": ("Alpha Agenda", "Ville", 150, 90, None, 3, ("family_portal",)),
    "33192": ("Delta Mairie", "Accueil", 620, 90, None, 4, ()),
    "33069": ("Gamma Citoyens", "Mutualisé", 400, 120, None, 3, ("civil_registry",)),
    "33238": ("Bêta Guichet", "Rendez-vous", None, 60, None, 2, ()),
}
REPORTS_CONSIDERING = {"33240": Reason.STAFF_TIME, "33051": Reason.TRAINING_FIRST}
TASKS = (
    ("33318", 1, "Envoyer le comparatif des coûts sur trois ans", "Demandé au dernier appel."),
    ("33199", -2, "Proposer deux dates de formation sur place", "Veut former toute l’équipe."),
    ("33529", 3, "Relire la convention avec le service juridique", "Elle passe au conseil."),
    ("33402", 9, "Rappeler après les congés de la secrétaire", ""),
)


@transaction.atomic
def tell(*, association: Association, now: datetime, seed: int) -> None:
    """Write the work with the communes around today; stages are there already."""
    luck = random.Random(f"{seed}:pipeline")  # noqa: S311 (invented people)
    today = now.date()
    communes = {each.insee_code: each for each in association.communes.equipped()}
    _reports(communes, now=now)
    _evidence(association, today=today)
    team = _team(association)
    contacts = _contacts(communes, luck=luck)
    _talks(communes, contacts, today=today, luck=luck, team=team)
    _follow(communes, team)
    _solutions(communes, today=today)
    known = tell_ideas(association, now=now)
    _obstacles(communes, known, now=now)
    Task.objects.bulk_create(
        Task(commune=communes[code], due=today + timedelta(days=days), title=title, why=why)
        for code, days, title, why in TASKS
    )
    todo.remind(now=now)
    obstacles.weigh_ideas(commune=communes["33063"])


def _team(association: Association) -> list[User]:
    at_work = Membership.objects.filter(association=association).select_related("user")
    return [each.user for each in at_work.order_by("-role", "pk")]


def _reports(communes: dict[str, Commune], *, now: datetime) -> None:
    """Every commune in service takes reports too; two others think about it."""
    stages: dict[str, tuple[Stage, str]] = {
        live.insee_code: (Stage.LIVE, "") for live in story.LIVE
    } | {code: (Stage.CONSIDERING, reason) for code, reason in REPORTS_CONSIDERING.items()}
    rows = Onboarding.objects.bulk_create(
        Onboarding(
            commune=communes[code],
            module=Module.REPORTS,
            stage=stage,
            reason_code=reason,
            since=now - timedelta(days=40 + 7 * number),
        )
        for number, (code, (stage, reason)) in enumerate(stages.items())
    )
    StageEvent.objects.bulk_create(
        StageEvent(
            onboarding=row,
            from_stage=Stage.PROSPECT,
            to_stage=row.stage,
            reason_code=row.reason_code,
            at=row.since,
        )
        for row in rows
    )


def _evidence(association: Association, *, today: date) -> None:
    events = StageEvent.objects.filter(onboarding__commune__association=association)
    for stage, words in EVIDENCE.items():
        events.filter(to_stage=stage).update(evidence=words)
    reports = events.filter(to_stage=Stage.LIVE, onboarding__module=Module.REPORTS)
    reports.update(evidence="Premier signalement envoyé par un habitant.")
    mine = Onboarding.objects.filter(commune__association=association)
    mine.filter(stage=Stage.PAUSED).update(until=today + timedelta(days=20))
    mine.filter(stage=Stage.DECLINED).update(until=today + timedelta(days=150))
    mine.filter(stage=Stage.DECLINED, commune__insee_code="33162").update(
        until=today - timedelta(days=1)
    )


def _contacts(communes: dict[str, Commune], *, luck: random.Random) -> dict[str, Contact]:
    first: dict[str, Contact] = {}
    others: list[Contact] = []
    for number, (code, commune) in enumerate(sorted(communes.items())):
        for rank in range(2 if number % 3 else 1):
            person = invent(luck)
            contact = Contact(
                commune=commune,
                name=person.name,
                function=FUNCTIONS[(number + rank) % len(FUNCTIONS)],
                phone=person.phone,
                email=person.email,
                is_main=rank == 0,
            )
            others.append(contact)
            first.setdefault(code, contact)
    Contact.objects.bulk_create(others)
    return first


def _talks(
    communes: dict[str, Commune],
    contacts: dict[str, Contact],
    *,
    today: date,
    luck: random.Random,
    team: Sequence[User],
) -> None:
    quiet = {code for code, (stage, _why) in story.OTHERS.items() if stage == Stage.PROSPECT}
    rows = []
    for code, commune in sorted(communes.items()):
        if code in quiet:
            continue
        for rank in range(luck.choice((2, 3, 4))):
            kind, text = luck.choice(TALKS)
            by = luck.choice(team)
            rows.append(
                Interaction(
                    commune=commune,
                    kind=kind,
                    on=today - timedelta(days=9 + 31 * rank + luck.randrange(20)),
                    contact=contacts[code],
                    text=text,
                    by_id=by.pk,
                    by_name=str(by),
                )
            )
    Interaction.objects.bulk_create(rows)


def _follow(communes: dict[str, Commune], team: Sequence[User]) -> None:
    ranks = (Referent.Rank.MAIN, Referent.Rank.BACKUP)
    Referent.objects.bulk_create(
        Referent(commune=commune, user=user, rank=rank)
        for _code, commune in sorted(communes.items())
        for user, rank in zip(team, ranks, strict=False)
    )


def _solutions(communes: dict[str, Commune], *, today: date) -> None:
    ExistingSolution.objects.bulk_create(
        ExistingSolution(
            commune=communes[code],
            module=Module.BOOKING,
            vendor=vendor,
            product=product,
            contract_end=None if days is None else today + timedelta(days=days),
            notice_days=notice,
            mode=mode,
            satisfaction=satisfaction,
            integrated_with=list(links),
            export_formats=["csv"],
        )
        for code, (vendor, product, days, notice, mode, satisfaction, links) in SOLUTIONS.items()
    )


def _obstacles(communes: dict[str, Commune], known: dict[str, Idea], *, now: datetime) -> None:
    wanted = dict(_waiting(known))
    reasons = story.CONSIDERING | {
        code: why for code, (_stage, why) in story.OTHERS.items() if why is not None
    }
    Obstacle.objects.bulk_create(
        Obstacle(
            commune=communes[code],
            module=Module.BOOKING,
            reason_code=reason,
            detail=wanted[code].body if code in wanted else "",
            idea=wanted.get(code),
            noted_at=now - timedelta(days=20),
        )
        for code, reason in reasons.items()
    )


def _waiting(known: dict[str, Idea]) -> Iterator[tuple[str, Idea]]:
    for told in IDEAS:
        for code in told.blocks:
            yield code, known[told.title]
