"""What alerts hold about one person, told to her, and erased when she asks."""

from datetime import datetime

from django.utils.translation import get_language, gettext as _

from nearby import retention
from nearby.models import Alert
from nearby.words import wish_words
from parvis.subjects import Held, Person
from parvis.typo import date_pleine


def held(person: Person, *, now: datetime) -> list[Held]:
    """List her alerts; one query."""
    return [_held(each) for each in Alert.objects.filter(email__iexact=person.email)]


def erase(person: Person, *, now: datetime) -> int:
    """Erase them all; none is sent any more. Counts them."""
    hers = Alert.objects.filter(email__iexact=person.email)
    return retention.forget(list(hers.values_list("token_hash", flat=True)), at=now)


def _held(alert: Alert) -> Held:
    facts = (
        (_("Courriel"), alert.email),
        (_("Personnes"), str(alert.persons)),
        (_("À moins de"), f"{alert.radius_km} km"),
        (_("Jusqu’au"), date_pleine(alert.last_day, get_language() or "fr")),
    )
    return Held(section=_("Alertes de créneaux"), title=wish_words(alert), facts=facts)
