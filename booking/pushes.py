"""What browsers are told about an appointment: that it changed, and when it is; never for what."""

from datetime import datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _, gettext_noop

from booking import planning
from booking.links import STAMP, path_to
from booking.models import Appointment, AppointmentEvent
from messaging import pushing, quiet
from messaging.models import PushSubscription
from parvis import typo
from parvis.signing import BadSignature, seal, unseal
from tenants.hosts import absolute_url


PURPOSE = "push-appointment"
REMINDER, PRESENCE, STANDS = "reminder", "presence", "stands"
WORDS: dict[str, str] = {  # the subjects of the same messages
    AppointmentEvent.Kind.MOVED: gettext_noop("Rendez-vous déplacé : %(when)s"),
    AppointmentEvent.Kind.CANCELLED: gettext_noop("Rendez-vous annulé : %(when)s"),
    AppointmentEvent.Kind.PROPOSED: gettext_noop("À changer : votre rendez-vous du %(when)s"),
    STANDS: gettext_noop("Votre rendez-vous du %(when)s est maintenu"),
    REMINDER: gettext_noop("Rappel de votre rendez-vous : %(when)s"),
    PRESENCE: gettext_noop("Viendrez-vous le %(when)s ?"),
}


def secret_of(appointment: Appointment) -> str:
    """Seal what lets a browser be told of an appointment, and nothing else; always the same."""
    return seal(f"{appointment.pk}.{appointment.token_hash[:STAMP]}", purpose=PURPOSE)


def subject_behind(secret: str) -> str:
    """Name what the holder of a secret is told of; "" once the link of the appointment changed."""
    try:
        pk, _dot, stamp = unseal(secret, purpose=PURPOSE).partition(".")
    except BadSignature:
        return ""
    known = Appointment.objects.filter(pk=int(pk), token_hash__startswith=stamp)
    return _subject(int(pk)) if known.exists() else ""


def subscriptions(appointments: list[int]) -> list[PushSubscription]:
    """List the browsers told of some appointments, by their keys; one query."""
    return pushing.subscriptions([_subject(pk) for pk in appointments])


def forget(appointments: list[int]) -> None:
    """Forget the browsers told of some appointments, by their keys; in a transaction."""
    pushing.forget([_subject(pk) for pk in appointments])


def tell(event: str, appointment: Appointment, *, now: datetime, is_hers: bool = False) -> None:
    """Tell the browsers that asked, in the transaction of the fact; one query where none did.

    At night a telephone stays silent until eight, unless the fact ``is_hers``.
    """
    if event not in WORDS or not pushing.is_available():
        return
    browsers = pushing.subscriptions([_subject(appointment.pk)])
    if not browsers:
        return
    commune, zone, made = planning.current_commune(), planning.zone(), []
    for browser in browsers:
        with translation.override(browser.language), timezone.override(zone):
            language = translation.get_language() or "fr"
            when = typo.date_heure(appointment.start.astimezone(zone), language)
            push = pushing.push(
                to=browser,
                fact=f"{event}.{appointment.pk}.{appointment.version}.{browser.pk}",
                topic=f"appointment-{appointment.pk}",
                title=typo.town_hall(commune.name, language),
                body=_(WORDS[event]) % {"when": when},
                navigate=absolute_url(commune, path_to(appointment)),
            )
        push.is_by_day = not is_hers
        push.not_before = now if is_hers else quiet.departure(now, zone=zone)
        made.append(push)
    pushing.send(made)


def _subject(pk: int) -> str:
    return f"appointment:{pk}"
