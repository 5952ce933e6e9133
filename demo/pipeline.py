"""The association's work with its communes, invented: calls, obstacles, contracts, ideas.

The people, vendors and words are made up; the communes are real and never said any of it.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction

from demo import story
from ideas import actions as ideas
from ideas.actions import Author
from ideas.models import Answer, Idea, Subscription, Vote
from ideas.workflow import Origin, Status
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
from tenants.directory import normalise
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


@dataclass(frozen=True)
class Told:
    """An idea of the demo; ``voices`` is how many communes in service want it."""

    title: str
    body: str
    voices: int
    age: int
    status: Status = Status.OPEN
    module: str = "booking"
    origin: Origin = Origin.BOARD
    label: str = ""
    planned_for: str = ""
    answer: str = ""
    blocks: tuple[str, ...] = field(default=())
    hides_name: bool = False


IDEAS = (
    Told(
        "Relier les rendez-vous au portail famille",
        "Les parents ont déjà un compte au portail : ils ne veulent pas d’une seconde adresse.",
        6,
        120,
        Status.PLANNED,
        planned_for="printemps 2027",
        answer="Le lien depuis le portail vient d’abord, l’identité partagée ensuite.",
        blocks=("33063", "33550"),
    ),
    Told(
        "Importer les rendez-vous déjà pris dans l’autre logiciel",
        "Nous ne pouvons pas changer d’outil en recopiant quatre cents rendez-vous à la main.",
        5,
        90,
        Status.STARTED,
        planned_for="ce mois-ci",
        answer="Les fichiers CSV et Excel sont lus ; nous essayons avec deux communes.",
        blocks=("33318", "33192"),
    ),
    Told(
        "Partager un guichet entre deux communes",
        "Notre station est à la commune voisine : il faudrait un seul agenda.",
        4,
        75,
        Status.PLANNED,
        planned_for="été 2027",
        answer="À construire avec les intercommunalités.",
        blocks=("33249", "33069"),
    ),
    Told(
        "Rappeler le rendez-vous par SMS la veille",
        "Les courriels ne sont pas lus. Un SMS la veille éviterait bien des absences.",
        11,
        140,
        origin=Origin.TRAINING,
        label="dit en formation à Pauillac",
    ),
    Told(
        "Voir la file d’attente sur un écran dans le hall",
        "Les gens demandent sans cesse combien de personnes passent avant eux.",
        8,
        200,
        Status.DONE,
    ),
    Told(
        "Imprimer la liste des pièces en gros caractères",
        "Pour les personnes âgées qui viennent au guichet.",
        7,
        60,
        origin=Origin.TRAINING,
        label="dit en formation à Lesparre-Médoc",
    ),
    Told(
        "Bloquer une demi-journée sans annuler un à un",
        "Quand un agent est malade, tout est à reprendre à la main.",
        9,
        180,
        Status.DONE,
    ),
    Told(
        "Montrer les travaux en cours sur la carte des signalements",
        "Les habitants signalent des trous là où une entreprise travaille déjà.",
        3,
        40,
        module="reports",
    ),
    Told(
        "Joindre un document à la réponse d’un signalement",
        "Par exemple l’arrêté de voirie.",
        2,
        25,
        module="reports",
        origin=Origin.SUPPORT,
        label="dit au référent au téléphone",
    ),
    Told(
        "Ajouter la photo d’identité au dossier",
        "Pour vérifier avant la visite qu’elle convient.",
        2,
        110,
        Status.DECLINED,
        answer="La photo d’identité est une donnée que nous choisissons de ne pas recueillir.",
    ),
    Told(
        "Choisir la couleur de chaque motif dans l’agenda",
        "Pour voir d’un coup d’œil les passeports.",
        1,
        15,
        hides_name=True,
    ),
    Told(
        "Envoyer un SMS de rappel",
        "Comme le fait le médecin.",
        2,
        30,
        Status.DUPLICATE,
    ),
)
NEWS = (
    (
        "La file d’attente sur un écran",
        "Ouvrez l’écran du hall depuis la file d’attente : il se tient à jour tout seul.",
        "Voir la file d’attente sur un écran dans le hall",
        60,
    ),
    (
        "Fermer une demi-journée en une fois",
        "Les personnes attendues reçoivent d’autres créneaux ; vous voyez qui a répondu.",
        "Bloquer une demi-journée sans annuler un à un",
        12,
    ),
)


@transaction.atomic
def tell(*, association: Association, now: datetime, luck: random.Random) -> None:
    """Write the work with the communes around today; stages are there already."""
    today = now.date()
    communes = {each.insee_code: each for each in association.communes.equipped()}
    _reports(communes, now=now)
    _evidence(association, today=today)
    team = _team(association)
    contacts = _contacts(communes, luck=luck)
    _talks(communes, contacts, today=today, luck=luck, team=team)
    _follow(communes, team)
    _solutions(communes, today=today)
    known = _ideas(association, now=now)
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


def _ideas(association: Association, *, now: datetime) -> dict[str, Idea]:
    speakers = _speakers(association)
    rows = {told.title: _idea(association, told, speakers, now=now) for told in IDEAS}
    original = rows["Rappeler le rendez-vous par SMS la veille"]
    original.save()
    for told in IDEAS:
        if told.status == Status.DUPLICATE:
            rows[told.title].duplicate_of = original
    Idea.objects.bulk_create(row for row in rows.values() if row is not original)
    votes = [
        Vote(idea=rows[told.title], commune=speaker.commune, user_id=speaker.user_id)
        for number, told in enumerate(IDEAS)
        for speaker in _rotated(speakers, number)[: told.voices]
    ]
    Vote.objects.bulk_create(votes)
    Subscription.objects.bulk_create(
        Subscription(idea=each.idea, commune=each.commune, user_id=each.user_id)
        for each in votes[::2]
        if each.user_id is not None
    )
    Answer.objects.bulk_create(
        Answer(
            idea=rows[told.title],
            status=told.status,
            text=told.answer,
            at=now - timedelta(days=told.age // 2),
            by_name=association.short_name,
        )
        for told in IDEAS
        if told.answer
    )
    for title, body, wanted, age in NEWS:
        ideas.publish(
            association=association,
            title=title,
            body=body,
            ideas=[rows[wanted]],
            now=now - timedelta(days=age),
            by_name=association.short_name,
        )
    return rows


def _speakers(association: Association) -> list[Membership]:
    found = Membership.objects.filter(commune__association=association).select_related(
        "commune", "user"
    )
    return list(found.filter(role__in=["admin", "booking_agent"]).order_by("role", "pk"))


def _rotated(speakers: list[Membership], number: int) -> list[Membership]:
    start = 5 * number % len(speakers)
    return speakers[start:] + speakers[:start]


def _idea(
    association: Association, told: Told, speakers: list[Membership], *, now: datetime
) -> Idea:
    speaker = _rotated(speakers, IDEAS.index(told))[0]
    author = Author(speaker.user_id, str(speaker.user), told.hides_name)
    is_open = told.status == Status.DONE  # until its news settles it
    return Idea(
        association=association,
        commune=speaker.commune,
        title=told.title,
        body=told.body,
        module=told.module,
        status=Status.OPEN if is_open else told.status,
        origin=told.origin,
        origin_label=told.label,
        author_id=author.user_id,
        author_name="" if author.hides_name else author.name,
        created_at=now - timedelta(days=told.age),
        planned_for=told.planned_for,
        search=normalise(f"{told.title} {told.body}"),
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
