"""How far each person of a commune is; her hierarchy sees no answer and no number of tries."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from parvis.guard import TenantModel


class StepDone(TenantModel):
    """A step that somebody finished."""

    user_id = models.BigIntegerField(_("compte"))
    path_id = models.BigIntegerField(_("parcours"))
    step_id = models.BigIntegerField(_("étape"))
    at = models.DateTimeField(_("le"))

    class Meta:
        verbose_name = _("étape finie")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(name="one_step_done_once", fields=["user_id", "step_id"]),
        ]


class ExerciseTry(TenantModel):
    """The last time somebody asked whether her exercise is done."""

    user_id = models.BigIntegerField(_("compte"))
    step_id = models.BigIntegerField(_("étape"))
    asked_at = models.DateTimeField(_("demandé le"))
    looked_at = models.DateTimeField(_("vérifié le"), null=True)

    class Meta:
        verbose_name = _("vérification d’exercice")
        constraints = [
            models.UniqueConstraint(name="one_try_per_step", fields=["user_id", "step_id"]),
        ]
