"""The words by which a commune's pages are said aloud and printed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from booking.models import Service
from parvis.guard import TenantModel


class ShortLink(TenantModel):
    """One word that leads to a service: the one that is printed today, or an earlier one.

    A service without a row has a word of its own all the same (``website.words``). Earlier words
    stay: a poster hangs for years.
    """

    word = models.CharField(_("mot"), max_length=40)
    service = models.ForeignKey(Service, models.CASCADE, related_name="+")
    is_current = models.BooleanField(_("imprimé aujourd’hui"), default=True)

    class Meta:
        verbose_name = _("adresse courte")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="one_short_link_per_word", fields=["word"]),
            models.UniqueConstraint(
                name="one_current_word_per_service",
                fields=["service"],
                condition=Q(is_current=True),
            ),
            models.CheckConstraint(
                name="short_link_is_a_word",
                condition=Q(word__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"),
            ),
        ]

    def __str__(self) -> str:
        return self.word
