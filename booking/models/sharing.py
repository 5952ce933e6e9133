"""What a commune shares with others, as it was told by their agreements."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parvis.guard import TenantModel


class Sharing(TenantModel):
    """What agreements with other communes change on the pages of citizens; one row, or none.

    ``asks`` lists the communes among which a citizen says hers: ``[code INSEE, name]``.
    ``offers`` lists who receives for this one: ``[name, days]``; with days above 0, only when the
    first free start here is farther. ``services`` lists those of others shown beside its own:
    ``host``, ``name``, ``place``, ``href``.
    """

    asks = models.JSONField(_("communes demandées"), default=list)
    offers = models.JSONField(_("communes proposées"), default=list)
    services = models.JSONField(_("démarches d’autres communes"), default=list)

    class Meta:
        verbose_name = _("partage")
        constraints = [models.CheckConstraint(name="one_row_of_sharing", condition=Q(id=1))]
