"""What a commune took from the library, what waits for its answer, and what came."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, gettext_lazy as _

from parvis.guard import TenantModel
from shelf.merge import ABSENT


class Origin(TenantModel):
    """Where something of this commune comes from; ``base`` is the library's text it stands on.

    The payload itself is kept, so that a dump of the commune needs nothing else. ``object_id`` is
    None where the template is no single row. ``keys`` lists ``[key, row]`` for the items of a
    keyed list that are rows. ``locked`` lists the paths that the commune keeps for itself.
    """

    kind = models.CharField(_("nature"), max_length=10)
    object_id = models.BigIntegerField(_("objet"), null=True, blank=True)
    template_uuid = models.UUIDField(_("modèle"))
    slug = models.CharField(_("adresse"), max_length=60)
    name = models.CharField(_("nom"), max_length=150)
    version = models.PositiveIntegerField(_("version"))
    schema_version = models.PositiveSmallIntegerField(_("version du format"), default=1)
    base = models.JSONField(_("texte de la bibliothèque"))
    keys = models.JSONField(_("lignes"), default=list, blank=True)
    locked = ArrayField(
        models.CharField(max_length=200), verbose_name=_("gardés"), default=list, blank=True
    )
    by_law = models.BooleanField(_("imposé par la loi"), default=False)
    last_merged_at = models.DateTimeField(_("dernière mise à jour"))
    detached_at = models.DateTimeField(_("détaché le"), null=True, blank=True)

    class Meta:
        verbose_name = _("origine")
        constraints = [
            models.UniqueConstraint(name="one_origin_per_template", fields=["template_uuid"]),
            models.UniqueConstraint(name="one_origin_per_object", fields=["kind", "object_id"]),
            models.CheckConstraint(
                name="origin_kind_known",
                condition=Q(
                    kind__in=["service", "document", "hours", "pack", "message", "reply", "page"]
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def row_id(self) -> int:
        """The row it is about; 0, which no row has, while there is none."""
        return self.object_id or 0


def kept(value: Any) -> dict[str, Any]:
    """Wrap a value of a payload so that JSON tells what is absent from what is null."""
    return {} if value is ABSENT else {"is": value}


def unwrapped(value: dict[str, Any]) -> Any:
    """Return what :func:`kept` wrapped."""
    return value.get("is", ABSENT)


class UpdateProposal(TenantModel):
    """A path that both the library and the commune changed, until somebody decides.

    Values are wrapped by :func:`kept`. ``base`` stays what it was when the proposal came up, even
    when later versions replace ``theirs``.
    """

    class State(models.TextChoices):
        OPEN = "open", _("à décider")
        ACCEPTED = "accepted", _("acceptée")
        KEPT = "kept", _("la nôtre gardée")
        EDITED = "edited", _("réécrite")
        CLOSED = "closed", _("sans objet")

    origin = models.ForeignKey(Origin, models.CASCADE, related_name="proposals")
    path = models.CharField(_("endroit"), max_length=200)
    base = models.JSONField(_("avant"))
    theirs = models.JSONField(_("bibliothèque"))
    mine = models.JSONField(_("commune"))
    version = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("état"), choices=State.choices, default=State.OPEN, max_length=10)
    at = models.DateTimeField(_("le"))
    answered_at = models.DateTimeField(_("répondu le"), null=True, blank=True)
    by_name = models.CharField(_("par"), max_length=80, default="", blank=True)

    class Meta:
        verbose_name = _("proposition")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_open_proposal_per_path",
                fields=["origin", "path"],
                condition=Q(state="open"),
            ),
            models.CheckConstraint(
                name="proposal_state_known",
                condition=Q(state__in=["open", "accepted", "kept", "edited", "closed"]),
            ),
            models.CheckConstraint(
                name="proposal_answer_has_a_time",
                condition=Q(state="open", answered_at=None)
                | ~Q(state="open") & Q(answered_at__isnull=False),
            ),
        ]


class Arrival(TenantModel):
    """A change that came through the library, with the row before and after, to be undone."""

    class Cause(models.TextChoices):
        TAKEN = "taken", _("pris dans la bibliothèque")
        MERGED = "merged", _("mise à jour")
        LAW = "law", _("imposé par la loi")
        ANSWER = "answer", _("réponse à une proposition")
        UNDONE = "undone", _("retour en arrière")
        DETACHED = "detached", _("détaché")
        ATTACHED = "attached", _("rattaché")

    origin = models.ForeignKey(Origin, models.CASCADE, related_name="arrivals")
    cause = models.CharField(_("cause"), choices=Cause.choices, max_length=10)
    version = models.PositiveIntegerField(_("version"))
    before = models.JSONField(_("avant"), null=True, blank=True)
    after = models.JSONField(_("après"), null=True, blank=True)
    at = models.DateTimeField(_("le"))
    by_name = models.CharField(_("par"), max_length=80, default="", blank=True)
    undone_at = models.DateTimeField(_("annulé le"), null=True, blank=True)

    class Meta:
        verbose_name = _("arrivée")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="arrival_cause_known",
                condition=Q(
                    cause__in=[
                        *("taken", "merged", "law", "answer", "undone", "detached", "attached")
                    ]
                ),
            ),
        ]


class Page(TenantModel):
    """A page of information that the commune publishes, with its own words."""

    slug = models.CharField(_("adresse"), max_length=60)
    title = models.CharField(_("titre"), max_length=120)
    title_en = models.CharField(_("titre en anglais"), max_length=120, default="", blank=True)
    text = models.TextField(_("texte"))
    text_en = models.TextField(_("texte en anglais"), default="", blank=True)

    class Meta:
        verbose_name = _("page")
        ordering = ["title", "pk"]
        constraints = [models.UniqueConstraint(name="one_page_per_slug", fields=["slug"])]

    def __str__(self) -> str:
        return self.title

    @property
    def shown_title(self) -> str:
        """The title in the language of the page."""
        return (get_language() == "en" and self.title_en) or self.title

    @property
    def shown_text(self) -> str:
        """The text in the language of the page."""
        return (get_language() == "en" and self.text_en) or self.text
