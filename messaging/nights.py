"""At night no telephone rings that may wait, however long its message has been tried already."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from messaging import quiet
from messaging.models import OutgoingPush, OutgoingText
from parvis.delivery import Later
from tenants.models import Commune


def spare_sleep(row: OutgoingText | OutgoingPush, commune: Commune, *, now: datetime) -> None:
    """Let a message go, unless it is night where the commune is and it leaves by day only.

    Raises:
        Later: it is night; until eight in the morning.
    """
    leaves = quiet.departure(now, zone=ZoneInfo(commune.time_zone))
    if row.is_by_day and leaves > now:
        raise Later(_("Il fait nuit : ce message attend huit heures."), until=leaves)
