"""The kinds of messages that their reader may refuse, or have once a day.

What answers an act of hers (a booking confirmed, moved, cancelled, a question put to her) is not
among them: she would miss what she asked for.
"""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


HEADER = "X-Parvis-Kind"


class Kind(TextChoices):
    """What a message tells."""

    REMINDER = "reminder", _("Le rappel avant mon rendez-vous")
    NEWS = "news", _("Les nouvelles des signalements que je suis")
    TEAM = "team", _("Ce qui arrive à mon équipe : nouveau signalement, contestation, merci")
    ASSIGNED = "assigned", _("Ce qui m’est confié")
    LATE = "late", _("Les signalements en retard ou bientôt en retard")


class Choice(TextChoices):
    """When a reader wants it; without a choice, at once."""

    NOW = "now", _("tout de suite")
    DAILY = "daily", _("une fois par jour, à 7 h")
    NEVER = "never", _("jamais")


class Audience(StrEnum):
    """Who reads: each is offered her own kinds."""

    CITIZEN = "c"
    STAFF = "s"


OFFERED = {
    Audience.CITIZEN: (Kind.REMINDER, Kind.NEWS),
    Audience.STAFF: (Kind.TEAM, Kind.ASSIGNED, Kind.LATE),
}
AUDIENCE = {kind: audience for audience, kinds in OFFERED.items() for kind in kinds}
CHOICES = {
    # A reminder that comes with the post of the next day may come too late.
    kind: tuple(Choice) if kind != Kind.REMINDER else (Choice.NOW, Choice.NEVER)
    for kind in Kind
}
