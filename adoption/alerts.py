"""What deserves a call: facts that communes published, or that the registry shows."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _, ngettext

from adoption.reading import NOTHING, Known, unseen
from onboarding.metrics import ENOUGH_TO_SHOW
from parvis.pieces import Tone
from tenants.models import Commune, Membership


QUIET_DAYS = 21


@dataclass(frozen=True, slots=True)
class Alert:
    """One commune and what is wrong; its card is where to go on."""

    commune: Commune
    words: str
    tone: Tone
    key: str


def alerts(
    communes: Collection[Commune], known: Mapping[int, Known], *, now: datetime
) -> list[Alert]:
    """List what deserves a call, the worst first; one query for the people."""
    people = {
        row["commune"]: row
        for row in Membership.objects.filter(commune__in=communes, is_active=True)
        .order_by()
        .values("commune")
        .annotate(
            latest=Max("user__last_login"),
            admins=Count("pk", filter=Q(role=Membership.Role.ADMIN, user__is_active=True)),
        )
    }
    silent = unseen((pk, each.state.get("inc_silent", NOTHING)) for pk, each in known.items())
    found = [
        alert
        for commune in communes
        for alert in (
            *_of_people(commune, people.get(commune.pk, {}), now=now),
            *_of_counts(
                commune, known.get(commune.pk, Known()), is_counted=commune.pk not in silent
            ),
        )
    ]
    return sorted(found, key=lambda alert: (ORDER[alert.tone], alert.commune.slug, alert.key))


ORDER: Mapping[str, int] = {"danger": 0, "warning": 1}


def _of_people(commune: Commune, row: Mapping[str, object], *, now: datetime) -> Iterator[Alert]:
    if not row.get("admins"):
        yield Alert(commune, _("plus aucun administrateur"), "danger", "admin")
    latest = row.get("latest")
    if not isinstance(latest, datetime):
        yield Alert(commune, _("personne ne s’est encore connecté"), "warning", "login")
    elif now - latest >= timedelta(days=QUIET_DAYS):
        days = (now - latest).days
        words = ngettext(
            "aucune connexion depuis %(n)s jour", "aucune connexion depuis %(n)s jours", days
        )
        yield Alert(commune, words % {"n": days}, "warning", "login")


def _of_counts(commune: Commune, mine: Known, *, is_counted: bool) -> Iterator[Alert]:
    """Say what the counts of a commune show; its silent reports by number where it is many."""
    slot = mine.state.get("first_slot_days")
    if slot and not slot[1]:
        yield Alert(commune, _("aucun créneau ouvert aux usagers"), "danger", "slot")
    closed, stations = mine.state.get("stations_closed", NOTHING)
    if closed:
        words = ngettext(
            "%(n)s station fermée sur %(all)s", "%(n)s stations fermées sur %(all)s", closed
        )
        yield Alert(commune, words % {"n": closed, "all": stations}, "danger", "station")
    silent, _open = mine.state.get("inc_silent", NOTHING)
    if silent >= ENOUGH_TO_SHOW and is_counted:
        words = ngettext(
            "%(n)s signalement sans réponse depuis une semaine",
            "%(n)s signalements sans réponse depuis une semaine",
            silent,
        )
        yield Alert(commune, words % {"n": silent}, "warning", "silent")
    elif silent:
        words = _("des signalements sans réponse depuis une semaine")
        yield Alert(commune, words, "warning", "silent")
