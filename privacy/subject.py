"""What links and requests hold about one person, told to her, and erased when she asks."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language, gettext as _

from parvis.subjects import Held, Person
from parvis.typo import date_heure
from privacy.models import DataLink, DataRequest


def held(person: Person, *, now: datetime) -> list[Held]:
    """List what she asked of the town hall; one query."""
    language = get_language() or "fr"
    return [
        Held(
            section=_("Demandes sur vos données"),
            title=str(each.get_kind_display()),
            facts=_given(
                (_("Reçue le"), date_heure(timezone.localtime(each.asked_at), language)),
                (_("Message"), each.words),
                (_("Réponse"), each.answer),
            ),
            kept_why="" if each.answered_at else _("La mairie doit encore y répondre."),
        )
        for each in DataRequest.objects.filter(email__iexact=person.email)
    ]


def _given(*facts: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((label, value) for label, value in facts if value)


def erase(person: Person, *, now: datetime) -> int:
    """Erase the requests that were answered, and the links sent to her; count the requests."""
    DataLink.objects.filter(email__iexact=person.email).delete()
    answered = DataRequest.objects.filter(email__iexact=person.email, answered_at__isnull=False)
    return answered.update(email="", words="", answer="")
