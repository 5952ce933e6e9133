"""What appointments hold about one person, told to her, and erased when she asks."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import get_language, gettext as _

from booking import pushes, retention, texts
from booking.checklists import choice_label, question_label
from booking.document_texts import CHOICE_TEXTS
from booking.models import Appointment, Participant, Title, WaitingEntry
from messaging.actions import forget_texts
from messaging.models import OutgoingText, PushSubscription
from parvis.subjects import Held, Person
from parvis.typo import date_heure, date_longue, reference_groups
from tenants.models import Erasure


REQUEST = Erasure.Reason.REQUEST


def held(person: Person, *, now: datetime) -> list[Held]:
    """List her appointments, what was texted or pushed, where she waits, her titles: 7 queries."""
    people = Prefetch("participants", Participant.objects.order_by("position"))
    appointments = list(
        Appointment.objects.filter(email__iexact=person.email)
        .select_related("service", "site")
        .prefetch_related(people)
        .order_by("period", "pk")
    )
    waiting = WaitingEntry.objects.filter(email__iexact=person.email).select_related("service")
    titles = Title.objects.filter(email__iexact=person.email)
    told = OutgoingText.objects.filter(key__in=texts.keys_about(appointments)).order_by("pk")
    browsers = pushes.subscriptions([each.pk for each in appointments])
    return [
        *(_appointment(each, now) for each in appointments),
        *(_text(each) for each in told),
        *(_browser(each) for each in browsers),
        *(_waiting(each) for each in waiting),
        *(_title(each) for each in titles),
    ]


def erase(person: Person, *, now: datetime) -> int:
    """Erase all but appointments to come and titles that wait for her; count the records.

    The texts about her appointments are emptied, those to come too.
    """
    mine = Appointment.objects.filter(email__iexact=person.email)
    told = texts.keys_about(mine)
    held, _rows = mine.filter(status=Appointment.Status.HELD).delete()
    past = [each.reference for each in mine.exclude(status="held") if not is_to_come(each, now)]
    waiting = WaitingEntry.objects.filter(email__iexact=person.email)
    titles = Title.objects.filter(email__iexact=person.email).exclude(
        collected_on__isnull=True, destroyed_on__isnull=True
    )
    return (
        (1 if held else 0)
        + forget_texts(keys=told, now=now)
        + retention.forget("appointment_contact", past, at=now, reason=REQUEST)
        + retention.forget_other("waiting", _tokens(waiting), at=now, reason=REQUEST)
        + retention.forget_other("title", _tokens(titles), at=now, reason=REQUEST)
    )


def is_to_come(appointment: Appointment, now: datetime) -> bool:
    """Tell whether the town hall still expects her: it needs to know whom."""
    return appointment.status == Appointment.Status.BOOKED and appointment.end > now


def _tokens(rows: Iterable[WaitingEntry | Title]) -> list[str]:
    return [each.token_hash for each in rows]


def _appointment(appointment: Appointment, now: datetime) -> Held:
    facts = [
        (_("Référence"), reference_groups(appointment.reference)),
        (_("État"), str(appointment.get_status_display())),
        (_("Pris"), str(appointment.get_channel_display())),
        (_("Nom"), appointment.name),
        (_("Courriel"), appointment.email),
        (_("Téléphone"), appointment.phone),
        (_("Note de l’agent"), appointment.note),
    ]
    for each in appointment.participants.all():
        facts.append((_("Personne"), each.name))
        facts += [(_("Numéro de pré-demande"), number) for number in each.numbers]
        facts += [_answered(*answer) for answer in each.situation.items()]
    when = date_heure(timezone.localtime(appointment.start), get_language() or "fr")
    why = _("Il est à venir : annulez-le d’abord.") if is_to_come(appointment, now) else ""
    return Held(
        section=_("Rendez-vous"),
        title=f"{appointment.service.name}, {when}",
        facts=tuple((label, value) for label, value in facts if value),
        kept_why=why,
    )


def _text(text: OutgoingText) -> Held:
    written = date_heure(timezone.localtime(text.written_at), get_language() or "fr")
    return Held(
        section=_("SMS envoyés"),
        title=text.to,
        facts=((_("Écrit le"), written), (_("Texte"), text.body)),
    )


def _answered(question: str, choice: str) -> tuple[str, str]:
    """Write what was asked and answered; what is asked no more is told as it is kept."""
    if (question, choice) in CHOICE_TEXTS:
        return question_label(question), choice_label(question, choice)
    return question, str(choice)


def _browser(browser: PushSubscription) -> Held:
    since = date_heure(timezone.localtime(browser.created_at), get_language() or "fr")
    facts = ((_("Navigateur"), browser.endpoint), (_("Inscrit le"), since))
    return Held(section=_("Abonnements"), title=_("Notifications"), facts=facts)


def _waiting(entry: WaitingEntry) -> Held:
    language = get_language() or "fr"
    facts = [
        (_("Nom"), entry.name),
        (_("Courriel"), entry.email),
        (_("Téléphone"), entry.phone),
        (_("Du"), date_longue(entry.first_day, language)),
        (_("Au"), date_longue(entry.last_day, language)),
        *((_("Personne"), str(each.get("name", ""))) for each in entry.people),
    ]
    return Held(
        section=_("Liste d’attente"),
        title=entry.service.name,
        facts=tuple((label, value) for label, value in facts if value),
    )


def _title(title: Title) -> Held:
    facts = [
        (_("Numéro de demande"), title.number),
        (_("Titulaire"), title.holder),
        (_("Courriel"), title.email),
        (_("Téléphone"), title.phone),
        (_("Arrivé le"), date_longue(title.arrived_on, get_language() or "fr")),
    ]
    is_waiting = title.collected_on is None and title.destroyed_on is None
    return Held(
        section=_("Titres à retirer"),
        title=str(title.get_kind_display()),
        facts=tuple((label, value) for label, value in facts if value),
        kept_why=_("Il vous attend en mairie, qui doit pouvoir vous prévenir.")
        if is_waiting
        else "",
    )
