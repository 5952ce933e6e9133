"""What the platform keeps of each commune's record, where the commune's role cannot change it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.models import Commune


class Anchor(models.Model):
    """The head of a commune's chain as it was one day: whoever rewrites the chain meets it."""

    commune = models.ForeignKey(
        Commune, models.CASCADE, related_name="+", verbose_name=_("commune"), db_index=False
    )
    position = models.BigIntegerField(_("rang"))
    hash = models.CharField(_("maillon"), max_length=64)
    at = models.DateTimeField(_("le"))

    class Meta:
        verbose_name = _("ancre du journal")
        ordering = ["-position"]
        constraints = [
            models.UniqueConstraint(
                name="one_anchor_per_position", fields=["commune", "position"]
            ),
        ]
