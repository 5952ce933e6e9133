"""What communes ask for in the demo, who wants it too, and what became of it; all invented."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ideas import actions as ideas
from ideas.actions import Author
from ideas.models import Answer, Idea, Subscription, Vote
from ideas.workflow import Origin, Status
from tenants.directory import normalise
from tenants.models import Association, Membership


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


def tell_ideas(association: Association, *, now: datetime) -> dict[str, Idea]:
    """Write the ideas with their voices, answers and news; return them by title."""
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
