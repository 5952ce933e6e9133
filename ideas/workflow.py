"""The states of an idea, where it comes from, and what follows what: no database."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """What became of an idea."""

    OPEN = "open", _("À l’étude")
    PLANNED = "planned", _("Prévue")
    STARTED = "started", _("En cours")
    DONE = "done", _("Réalisée")
    DECLINED = "declined", _("Non retenue")
    DUPLICATE = "duplicate", _("Doublon")


class Origin(models.TextChoices):
    """Where an idea was said."""

    BOARD = "board", _("déposée ici")
    TRAINING = "training", _("dite en formation")
    SUPPORT = "support", _("dite au référent")
    SURVEY = "survey", _("dite dans une enquête")


CLOSED = frozenset({Status.DONE, Status.DECLINED, Status.DUPLICATE})
ON_THE_ROAD = (Status.PLANNED, Status.STARTED, Status.DONE)
# An answer gives these; "done" comes with a piece of news, "duplicate" with its original.
ANSWERS = (Status.OPEN, Status.PLANNED, Status.STARTED, Status.DECLINED)


def takes_votes(status: str) -> bool:
    """Tell whether one may still vote: what is settled, or merged, takes none."""
    return status not in CLOSED
