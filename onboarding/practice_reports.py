"""What is reported in a fictional commune: forty reports, at every stage there is."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from identity.members import ADMIN, REPORT_AGENT, Member
from incidents import merging, reporters, transfers
from incidents.actions import move, receive
from incidents.geo import Place
from incidents.models import Category, Handler, Report
from incidents.workflow import Actor, Status
from onboarding.practice_people import invent


FOREMAN = Member(user_id=0, name="Services techniques", role=REPORT_AGENT)
DESK = Member(user_id=0, name="Accueil de la mairie", role=ADMIN)
STREETS = (
    "Rue des Essais", "Place de la Répétition", "Chemin du Brouillon", "Rue de l’Exemple",
    "Impasse du Doute", "Route de la Maquette", "Allée des Exercices", "Quai du Tableau-Noir",
)  # fmt: skip
ONLINE = 0.7  # of all reports
REACH = 0.006  # degrees around the town hall


@dataclass(frozen=True, slots=True)
class Tale:
    """One report: its category, how many days ago, its words, and what became of it."""

    code: str
    days: float
    words: str
    outcome: str = ""
    said: str = ""


ANGRY = (
    "C’est la TROISIÈME fois que je le signale ! Ce trou a crevé mon pneu ce matin et personne ne "
    "répond. À quoi servent nos impôts ? J’attends une réponse écrite."
)
TALES = (
    Tale("nid-de-poule", 9, "Un gros trou devant le 12, on le voit mal la nuit.", "accepted"),
    Tale("nid-de-poule", 8, "Trou dans la chaussée vers le 12, dangereux à vélo.", "duplicate"),
    Tale("nid-de-poule", 0.2, ANGRY),
    Tale("merci", 1, "Un grand merci à l’équipe qui a remis le lampadaire en deux jours !"),
    Tale("lampadaire", 0.1, "Le lampadaire clignote toute la nuit."),
    Tale("lampadaire", 3, "Plus de lumière devant l’arrêt du car scolaire.", "forwarded"),
    Tale("lampadaire", 12, "Lampadaire éteint.", "resolved", "L’ampoule a été changée."),
    Tale("terre-sur-route", 1, "Un tracteur a laissé de la terre sur toute la descente."),
    Tale("depot-sauvage", 0.5, "Un matelas et des pots de peinture près du ruisseau."),
    Tale("depot-sauvage", 5, "Des gravats au bord du chemin.", "in_progress"),
    Tale("poubelle-pleine", 0.3, "La poubelle du square déborde."),
    Tale("poubelle-pleine", 6, "Corbeille renversée.", "resolved", "Corbeille vidée et refixée."),
    Tale("bac-non-collecte", 2, "Le bac jaune n’a pas été pris mardi.", "forwarded"),
    Tale("point-de-tri", 4, "Le conteneur à verre est plein.", "awaiting_reporter"),
    Tale("tag", 7, "Des inscriptions sur le mur de l’école.", "planned"),
    Tale("salete", 2, "Du verre brisé devant la salle des fêtes.", "accepted"),
    Tale("fuite", 0.1, "De l’eau coule du trottoir depuis ce matin."),
    Tale("fuite", 10, "Fuite au compteur.", "resolved", "Le syndicat des eaux a réparé."),
    Tale("avaloir", 5, "La bouche d’égout est bouchée, l’eau monte quand il pleut.", "accepted"),
    Tale("inondation", 14, "La route est sous l’eau.", "resolved", "L’eau s’est retirée."),
    Tale("trottoir", 11, "Une dalle du trottoir bascule.", "planned"),
    Tale("accessibilite", 13, "Le fauteuil ne passe pas, un poteau gêne.", "triage"),
    Tale("marquage", 15, "Le passage piéton est effacé.", "planned"),
    Tale("panneau", 3, "Le panneau du sens interdit est couché.", "in_progress"),
    Tale("panneau-priorite", 0.2, "Le panneau stop est tombé au carrefour !"),
    Tale("plaque", 6, "La plaque d’égout fait un bruit terrible.", "triage"),
    Tale("arbre-dangereux", 1, "Une grosse branche menace de tomber."),
    Tale("vegetation", 9, "La haie cache le virage.", "accepted"),
    Tale("vegetation", 20, "Des ronces sur le sentier.", "rejected", "Ce sentier est privé."),
    Tale("aire-de-jeux", 2, "La balançoire a une chaîne usée.", "accepted"),
    Tale("mobilier", 16, "Le banc a perdu une planche.", "resolved", "La planche est remplacée."),
    Tale("abribus", 8, "La vitre de l’abribus est cassée.", "forwarded"),
    Tale("animal", 4, "Un chien erre près de l’école.", "resolved", "Il a retrouvé son maître."),
    Tale("frelon", 0.4, "Un nid de frelons sous le toit du lavoir."),
    Tale("bruit", 18, "Musique très forte tous les soirs.", "rejected", "Rien n’a été constaté."),
    Tale("stationnement-genant", 1, "Une voiture bloque le trottoir de l’école.", "accepted"),
    Tale("vehicule-ventouse", 17, "Une épave depuis des semaines.", "reopened"),
    Tale("batiment", 6, "La porte de la salle des fêtes ne ferme plus.", "planned"),
    Tale("idee", 12, "Pourquoi pas des bancs au bord de l’étang ?", "triage"),
    Tale("rats", 3, "Des rats près des conteneurs.", "cancelled"),
)
WORDS = {
    Status.ACCEPTED: "Merci. L’équipe passera dans la semaine.",
    Status.PLANNED: "L’intervention est programmée.",
    Status.IN_PROGRESS: "L’équipe est sur place.",
    Status.AWAITING_REPORTER: "Pouvez-vous préciser l’endroit, ou joindre une photo ?",
    Status.TRIAGE: "",
}


def tell(*, centre: Place, now: datetime, luck: random.Random) -> int:
    """Open the reports in the active commune and bring each where it is; return how many."""
    categories = {each.code: each for each in Category.objects.all()}
    told: list[Report] = []
    for tale in TALES:
        if tale.code not in categories:
            continue
        report = _said(tale, categories[tale.code], centre=centre, now=now, luck=luck)
        told.append(report)
        _become(report, tale, master=told[0], now=now)
    return len(told)


def _said(
    tale: Tale, category: Category, *, centre: Place, now: datetime, luck: random.Random
) -> Report:
    person = invent(luck)
    is_online = luck.random() < ONLINE and not category.is_staff_only
    is_thanks = category.door == Category.Door.COMPLIMENT
    place = Place(
        round(centre.lat + luck.uniform(-REACH, REACH), 6),
        round(centre.lon + luck.uniform(-REACH, REACH), 6),
    )
    report, _token = receive(
        category=category,
        text=tale.words,
        place=None if is_thanks else place,
        address="" if is_thanks else f"{luck.randint(1, 60)} {luck.choice(STREETS)}",
        channel=Report.Channel.WEB if is_online else Report.Channel.PHONE,
        now=now - timedelta(days=tale.days),
        idempotency_key=UUID(int=luck.getrandbits(128), version=4),
        name=person.name,
        email=person.email,
        by=None if is_online else DESK,
    )
    return report


def _become(report: Report, tale: Tale, *, master: Report, now: datetime) -> None:
    """Bring a report to its stage, half way between when it was said and now."""
    at = report.submitted_at + (now - report.submitted_at) / 2
    if not tale.outcome:
        return
    if tale.outcome == "duplicate":
        merging.merge(report=report, master=master, by=FOREMAN, now=at)
    elif tale.outcome == "cancelled":
        reporters.cancel(report=report, now=at)
    elif tale.outcome == "forwarded":
        handler = Handler.objects.filter(kind=Handler.Kind.CONTRACTOR).order_by("pk").first()
        if handler is not None:
            words = "Transmis à qui s’en occupe."
            transfers.forward(report=report, handler=handler, text=words, by=FOREMAN, now=at)
    elif tale.outcome in {"resolved", "reopened", "rejected"}:
        _close(report, tale, at=at, now=now)
    else:
        to = Status(tale.outcome)
        day = (now + timedelta(days=6)).date() if to == Status.PLANNED else None
        _moved(report, to, at=at, words=WORDS[to], planned_on=day)


def _close(report: Report, tale: Tale, *, at: datetime, now: datetime) -> None:
    is_refused = tale.outcome == "rejected"
    to = Status.REJECTED if is_refused else Status.RESOLVED
    reason = "not_found" if is_refused else "answered"
    _moved(report, to, at=at, words=tale.said or "C’est fait.", reason=reason)
    if tale.outcome == "reopened":
        reporters.contest(
            report=report,
            reason="not_repaired",
            text="Rien n’a changé, elle est toujours là.",
            now=min(at + timedelta(days=2), now),
        )


def _moved(report: Report, to: Status, *, at: datetime, words: str, **more: object) -> None:
    move(report=report, to=to, actor=Actor.STAFF, by=FOREMAN, now=at, text=words, **more)  # type: ignore[arg-type]
