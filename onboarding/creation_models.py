"""How far the creation of a commune is: one row for each, kept as its record."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.models import Commune


class Creation(models.Model):
    """Who asked for a commune, for whom, and when each step was done.

    A step without a date is still to do: whatever stopped, the creation goes on from there.
    """

    commune = models.OneToOneField(Commune, models.CASCADE, related_name="creation")
    admin_email = models.EmailField(_("premier administrateur"))
    by_id = models.BigIntegerField(_("par"))
    by_name = models.CharField(_("par"), max_length=80)
    asked_at = models.DateTimeField(_("demandée le"))
    schema_at = models.DateTimeField(_("base créée le"), null=True, blank=True)
    furnished_at = models.DateTimeField(_("garnie le"), null=True, blank=True)
    open_to_team_at = models.DateTimeField(_("ouverte à l’équipe le"), null=True, blank=True)
    moved_at = models.DateTimeField(_("étape notée le"), null=True, blank=True)
    invited_at = models.DateTimeField(_("administrateur invité le"), null=True, blank=True)

    class Meta:
        verbose_name = _("création")

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return None not in {
            self.schema_at,
            self.furnished_at,
            self.open_to_team_at,
            self.moved_at,
            self.invited_at,
        }
