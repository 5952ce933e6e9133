"""What trainings are about and whom they are for: plain data."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Topic(models.TextChoices):
    """A part of Parvis that is taught."""

    BOOKING = "booking", _("Rendez-vous")
    REPORTS = "reports", _("Signalements")
    PARVIS = "parvis", _("Prise en main")


class Learner(models.TextChoices):
    """Whom something is for, by what she does."""

    FRONT_DESK = "front_desk", _("accueil")
    DISPATCHER = "dispatcher", _("services techniques")
    ADMIN = "admin", _("administration de la commune")
    ELECTED = "elected", _("élus")
    REFERENT = "referent", _("référents de l’association")


OF_ROLE = {
    "booking_agent": Learner.FRONT_DESK,
    "report_agent": Learner.DISPATCHER,
    "admin": Learner.ADMIN,
    "reader": Learner.ELECTED,
    "referent": Learner.REFERENT,
    "director": Learner.REFERENT,
}
