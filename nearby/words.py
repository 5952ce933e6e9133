"""How titles, services, distances and waits are said."""

from datetime import datetime

from django.utils.translation import gettext as _, ngettext

from nearby.models import Alert
from slots.search import Found


def titles() -> list[tuple[str, str]]:
    """List what one can ask for of titles, with its words."""
    return [
        ("CNI", _("Carte d’identité")),
        ("PASSPORT", _("Passeport")),
        ("CNI-PASSPORT", _("Carte d’identité et passeport")),
    ]


def wish_words(alert: Alert) -> str:
    """Name what an alert is about."""
    return dict(titles()).get(alert.reason, alert.name)


def distance(km: float | None) -> str:
    """Write a distance; nothing where no place is known."""
    if km is None:
        return ""
    if km < 1:
        return _("à moins d’un kilomètre")
    return _("à %(km)s km") % {"km": round(km)}


def wait(days: int) -> str:
    """Say in how many days the next start is, as a badge has room for."""
    if days <= 0:
        return _("aujourd’hui")
    if days == 1:
        return _("demain")
    return ngettext("dans %(days)s jour", "dans %(days)s jours", days) % {"days": days}


def freshness(found: Found, *, now: datetime) -> str:
    """Say how old it is: exact at this instant, unless the clock alone may have freed more."""
    if found.stale_at is None or found.stale_at > now:
        return _("à jour à l’instant")
    minutes = max(1, -int((found.stale_at - now).total_seconds() // 60))
    return ngettext(
        "à jour il y a %(minutes)s minute", "à jour il y a %(minutes)s minutes", minutes
    ) % {"minutes": minutes}
