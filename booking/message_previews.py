"""Show each message as it will be sent, about an appointment that nobody has taken."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.mail import EmailMessage
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from booking import emails
from booking.documents import listed_documents
from booking.models import (
    Appointment,
    MessageText,
    Participant,
    Service,
    Site,
    Title,
    WaitingEntry,
)
from messaging.own_words import written_with
from tenants.models import Commune


DAYS_AHEAD = 7
EVENTS: dict[str, Promise] = {
    "booked": _("Rendez-vous confirmé"),
    "moved": _("Rendez-vous déplacé"),
    "shortened": _("Une personne de moins"),
    "cancelled": _("Rendez-vous annulé"),
    "repriced": _("Nouveau prix du timbre fiscal"),
    "relisted": _("Nouvelle liste de pièces"),
    "reminder": _("Rappel"),
    "presence": _("Présence demandée"),
    "given_back": _("Place rendue, faute de réponse"),
    "proposed": _("Autres dates proposées, quand la mairie ne peut pas recevoir"),
    "number_refused": _("Numéro de pré-demande à corriger"),
    "stands": _("Rendez-vous maintenu, une fois la panne réparée"),
    "incomplete": _("Dossier incomplet"),
    "link": _("Nouveau lien"),
    "waiting": _("Inscription sur la liste d’attente"),
    "offered": _("Place proposée par la liste d’attente"),
    "forgotten": _("Fin de l’inscription sur la liste d’attente"),
    "arrived": _("Titre arrivé"),
    "uncollected": _("Titre à retirer bientôt"),
}
TOKEN = "exemple"  # noqa: S105 - opens nothing


@dataclass(frozen=True, slots=True)
class _Example:
    """An appointment, a place in the waiting list and a title to collect, all invented."""

    appointment: Appointment
    entry: WaitingEntry
    title: Title
    commune: Commune
    now: datetime
    other_list: dict[str, Any]


MAKERS: dict[str, Callable[[_Example], EmailMessage]] = {
    "booked": lambda it: emails.booked(it.appointment, it.commune, token=TOKEN),
    "moved": lambda it: emails.moved(
        it.appointment,
        it.commune,
        former=it.appointment.start - timedelta(days=1),
        has_new_price=False,
    ),
    "shortened": lambda it: emails.shortened(it.appointment, it.commune),
    "cancelled": lambda it: emails.cancelled(it.appointment, it.commune),
    "repriced": lambda it: emails.repriced(it.appointment, it.commune),
    "relisted": lambda it: emails.relisted(
        it.appointment, it.commune, others={1: it.other_list}, is_by_law=False
    ),
    "reminder": lambda it: emails.reminder(it.appointment, it.commune, now=it.now),
    "presence": lambda it: emails.presence(
        it.appointment, it.commune, until=it.now + timedelta(days=1)
    ),
    "given_back": lambda it: emails.given_back(it.appointment, it.commune),
    "proposed": lambda it: emails.proposed(it.appointment, it.commune),
    "number_refused": lambda it: emails.number_refused(
        it.appointment, it.commune, until=it.now + timedelta(days=3), cancels=False
    ),
    "stands": lambda it: emails.stands(it.appointment, it.commune),
    "incomplete": lambda it: emails.incomplete(it.appointment, it.commune),
    "link": lambda it: emails.link(it.appointment, it.commune, token=TOKEN),
    "waiting": lambda it: emails.waiting(it.entry, it.commune),
    "offered": lambda it: emails.offered(it.appointment, it.commune, entry=it.entry),
    "forgotten": lambda it: emails.forgotten(it.entry, it.commune),
    "arrived": lambda it: emails.arrived([it.title], it.commune, service=it.appointment.service),
    "uncollected": lambda it: emails.uncollected(
        [it.title], it.commune, service=it.appointment.service
    ),
}


def stored(event: str, commune: Commune, *, language: str, now: datetime) -> EmailMessage:
    """Write a message as it goes out now.

    Raises:
        KeyError: there is no such message.
    """
    return MAKERS[event](_example(commune, language, now))


def preview(words: MessageText, commune: Commune, *, now: datetime) -> EmailMessage:
    """Write a message as it would go out with these words, and leave everything as it was.

    Raises:
        KeyError: there is no such message.
    """
    return written_with(
        words, lambda: stored(words.event, commune, language=words.language, now=now)
    )


def _example(commune: Commune, language: str, now: datetime) -> _Example:
    """Invent a citizen whose appointment is in a week at ten."""
    zone = ZoneInfo(commune.time_zone)
    day = now.astimezone(zone).date() + timedelta(days=DAYS_AHEAD)
    start = datetime.combine(day, time(10), zone)
    service = Service.objects.offered().first() or Service(
        name=str(_("Rendez-vous")), minutes=[20]
    )
    asked = listed_documents(["identity", "proof_address_3_months"], on=day).to_snapshot()
    appointment = Appointment(
        pk=0,
        reference="EXEMP1E0",
        service=service,
        site=Site.objects.order_by("pk").first() or Site(name=str(_("Mairie"))),
        period=DateTimeTZRange(start, start + timedelta(minutes=service.length(1))),
        status=Appointment.Status.BOOKED,
        channel=Appointment.Channel.ONLINE,
        name="Camille Martin",
        email="camille.martin@example.org",
        language=language,
        created_at=now,
        booked_at=now,
        held_until=now + timedelta(hours=2),
    )
    person = Participant(
        position=1, name="Camille Martin", documents=asked, missing=["proof_address_3_months"]
    )
    appointment._prefetched_objects_cache = {"participants": [person]}  # type: ignore[attr-defined]  # noqa: SLF001
    entry = WaitingEntry(
        pk=0,
        service=service,
        people=[{}],
        name="Camille Martin",
        email="camille.martin@example.org",
        language=language,
        first_day=day,
        last_day=day + timedelta(days=30),
    )
    title = Title(
        pk=0,
        kind=Title.Kind.CARD,
        number="EXEMPLE123",
        holder="Camille Martin",
        email="camille.martin@example.org",
        language=language,
        arrived_on=now.astimezone(zone).date(),
    )
    other_list = listed_documents(["identity", "proof_address"], on=day).to_snapshot()
    return _Example(appointment, entry, title, commune, now, other_list)
