"""What citizens have reported in a commune of the demo; every citizen is invented."""

import random
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from identity.members import REPORT_AGENT, Member
from incidents import desk, merging, reporters, transfers
from incidents.actions import move, receive
from incidents.configuration import install_pack
from incidents.geo import Place
from incidents.models import Category, Handler, Report, RoutingRule, Team
from incidents.workflow import Actor, Status
from tenants.models import OfficialCommune


FOREMAN = Member(user_id=0, name="Services techniques", role=REPORT_AGENT)
SPREAD = 0.006  # degrees around the town hall
TOLD: tuple[tuple[str, str, str, int, str], ...] = (
    # category, address, words, days ago, what became of it
    ("nid-de-poule", "Rue Victor-Hugo", "Un trou profond devant le numéro 12.", 3, ""),
    ("nid-de-poule", "Rue Victor-Hugo", "Gros nid-de-poule, j’ai failli tomber.", 2, "duplicate"),
    ("lampadaire", "Quai Léon-Périer", "Éteint depuis une semaine.", 25, ""),
    ("depot-sauvage", "Chemin de la Gare", "Des gravats et un matelas.", 6, "accepted"),
    ("trottoir", "Place du Maréchal-Foch", "La poussette ne passe plus.", 9, "planned"),
    ("mobilier", "Parc de la mairie", "Une latte du banc est cassée.", 12, "resolved"),
    ("salete", "Rue de la République", "Du verre devant l’école.", 6, "contested"),
    ("vegetation", "Rue des Vignes", "La haie couvre le panneau.", 8, "awaiting_reporter"),
    ("plaque", "Route de Bordeaux", "Elle claque à chaque voiture.", 5, "forwarded"),
    ("animal", "Rue du Port", "Un chien sans collier.", 4, "rejected"),
    ("aire-de-jeux", "Square des Enfants", "La balançoire grince.", 15, "resolved"),
    ("idee", "", "Un banc à l’ombre près de l’arrêt de bus.", 7, ""),
    ("merci", "", "Bravo à l’équipe des espaces verts pour les fleurs.", 3, ""),
)
WORDS = {
    "accepted": "Nous avons bien vu, l’équipe passe cette semaine.",
    "planned": "L’entreprise vient avec l’enrobé.",
    "resolved": "C’est réparé, merci de nous l’avoir dit.",
    "contested": "C’est balayé.",
    "awaiting_reporter": "De quel côté de la rue est cette haie ?",
    "forwarded": "Cette route dépend du Département.",
    "rejected": "L’équipe est passée, l’animal n’y était plus.",
}


@transaction.atomic
def tell(*, insee_code: str, pack: str, now: datetime, luck: random.Random, is_shown: bool) -> int:
    """Open reports in the active commune; where ``is_shown``, in every state there is."""
    install_pack(pack)
    team = Team.objects.create(name="Services techniques")
    own = Handler.objects.create(kind=Handler.Kind.TEAM, name=team.name, team=team)
    county = Handler.objects.create(
        kind=Handler.Kind.BODY, name="Département de la Gironde", url="https://www.gironde.fr/"
    )
    RoutingRule.objects.create(
        position=1,
        road_class="department",
        handler=county,
        explanation="Route départementale : le Département s’en occupe.",
    )
    RoutingRule.objects.create(position=2, handler=own, explanation="Les services techniques.")
    if not is_shown:
        return 0
    home = OfficialCommune.objects.get(insee_code=insee_code)
    centre = Place(home.latitude or 45.2, home.longitude or -0.75)
    made: list[Report] = []
    for code, address, words, days, outcome in TOLD:
        near = made[0].place if outcome == "duplicate" else _near(centre, luck)
        said = now - timedelta(days=days)
        report, _token = receive(
            category=Category.objects.get(code=code),
            text=words,
            place=near if address else None,
            address=address,
            channel=Report.Channel.WEB,
            now=said,
            idempotency_key=UUID(int=luck.getrandbits(128)),
        )
        made.append(report)
        _become(report, outcome, master=made[0], county=county, now=said + timedelta(days=1))
    for report in made:
        if report.category.moderation != Category.Moderation.NEVER:
            desk.publish(report=report, by=FOREMAN, now=now)
    return len(made)


def _become(
    report: Report, outcome: str, *, master: Report, county: Handler, now: datetime
) -> None:
    words = WORDS.get(outcome, "")
    if outcome == "duplicate":
        merging.merge(report=report, master=master, by=FOREMAN, now=now)
    elif outcome == "forwarded":
        transfers.forward(report=report, handler=county, text=words, by=FOREMAN, now=now)
    elif outcome == "contested":
        _move(report, Status.RESOLVED, words, reason="repaired", now=now)
        reporters.contest(
            report=report,
            reason="not_repaired",
            text="Il y en a encore.",
            now=now + timedelta(days=2),
        )
    elif outcome == "planned":
        _move(report, Status.PLANNED, words, now=now, days=14)
    elif outcome:
        reason = {"resolved": "repaired", "rejected": "not_found"}.get(outcome, "")
        _move(report, Status(outcome), words, reason=reason, now=now)


def _move(
    report: Report, to: Status, words: str, *, now: datetime, reason: str = "", days: int = 0
) -> None:
    move(
        report=report,
        to=to,
        actor=Actor.STAFF,
        by=FOREMAN,
        now=now,
        text=words,
        reason=reason,
        planned_on=(now + timedelta(days=days)).date() if days else None,
    )


def _near(centre: Place, luck: random.Random) -> Place:
    return Place(
        round(centre.lat + luck.uniform(-SPREAD, SPREAD), 5),
        round(centre.lon + luck.uniform(-SPREAD, SPREAD), 5),
    )
