"""How figures are written: a time as long as it was, a share with both its parts."""

from django.utils.translation import gettext as _, ngettext

from parvis.charts import figure
from parvis.periods import Share


HOUR_S, DAY_S = 3600, 24 * 3600
TWO_DAYS_S = 2 * DAY_S


def wait(seconds: float | None) -> str:
    """Write a time in hours, from two days on in days; a dash for none."""
    if seconds is None:
        return "–"
    if seconds < HOUR_S:
        return _("moins d’une heure")
    if seconds < TWO_DAYS_S:
        return _("%(n)s h") % {"n": int(seconds // HOUR_S)}
    days = round(seconds / DAY_S)
    return ngettext("%(n)s jour", "%(n)s jours", days) % {"n": figure(days)}


def in_days(seconds: float | None) -> float | None:
    """Count days, with one decimal, for spreadsheets."""
    return None if seconds is None else round(seconds / DAY_S, 1)


def of(share: Share) -> str:
    """Write both parts of a share."""
    return _("%(part)s sur %(whole)s") % {"part": share.part, "whole": share.whole}
