"""What a commune wishes the State to know of its appointments for titles, and what it answered."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from coordination.numbers import LENGTH, Status
from parvis.guard import TenantModel, TenantQuerySet


class Rules(TenantModel):
    """What the commune decides about numbers that were accepted before the State said anything."""

    class Then(models.TextChoices):
        LIST = "list", _("laisser le rendez-vous, et le signaler à la mairie")
        CANCEL = "cancel", _("annuler le rendez-vous")

    hours = models.PositiveSmallIntegerField(_("délai pour corriger, en heures"), default=72)
    then = models.CharField(
        _("à la fin du délai"), choices=Then.choices, default=Then.LIST, max_length=6
    )

    class Meta:
        verbose_name = _("règles des numéros à vérifier")
        constraints = [
            models.CheckConstraint(name="one_row_of_rules", condition=Q(id=1)),
            models.CheckConstraint(
                name="rules_then_known", condition=Q(then__in=["list", "cancel"])
            ),
            models.CheckConstraint(
                name="rules_leave_time", condition=Q(hours__gte=1) & Q(hours__lte=336)
            ),
        ]


class DeclarationQuerySet(TenantQuerySet["Declaration"]):
    """Declarations, narrowed down."""

    def current(self) -> "DeclarationQuerySet":
        """Those that no later wish has replaced."""
        return self.exclude(state=Declaration.State.REPLACED)

    def waiting(self) -> "DeclarationQuerySet":
        """Those that are to be told to the State by itself."""
        return self.filter(state=Declaration.State.WAITING)

    def unverified(self) -> "DeclarationQuerySet":
        """Those whose number the State has not spoken of yet."""
        return self.filter(
            state__in=[Declaration.State.WAITING, Declaration.State.FAILED],
            is_wanted=True,
            status=Status.UNSURE,
        )


class Declaration(TenantModel):
    """One wish about one number of one appointment: let the State know it, or forget it.

    A later wish about the same two replaces it; rows stay, for ``management_url`` tells for ever
    what was ever issued by us. ``appointment`` is its reference: no key leads to another app.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("à transmettre")
        DONE = "done", _("transmis")
        REFUSED = "refused", _("numéro refusé par l’État")
        FAILED = "failed", _("en erreur")
        REPLACED = "replaced", _("remplacé")

    appointment = models.CharField(_("rendez-vous"), max_length=8)
    number = models.CharField(_("numéro de pré-demande"), max_length=LENGTH)
    version = models.PositiveIntegerField(_("version"))
    is_wanted = models.BooleanField(_("à déclarer"))
    starts_at = models.DateTimeField(_("rendez-vous le"))
    meeting_point = models.CharField(_("lieu"), max_length=200, default="", blank=True)
    meeting_point_id = models.CharField(_("numéro du lieu"), max_length=20, default="", blank=True)
    appointment_date = models.CharField(_("heure locale"), max_length=30, default="", blank=True)
    management_url = models.CharField(_("adresse de gestion"), max_length=500, default="")
    state = models.CharField(
        _("état"), choices=State.choices, default=State.WAITING, max_length=10
    )
    status = models.CharField(_("statut du numéro"), max_length=10, default="", blank=True)
    checked_at = models.DateTimeField(_("vérifié le"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    due_at = models.DateTimeField(_("prochain essai"))
    last_code = models.PositiveSmallIntegerField(_("dernier code"), default=0)
    last_text = models.CharField(_("dernière réponse"), max_length=300, default="", blank=True)
    created_at = models.DateTimeField(_("écrit le"), db_default=Now())
    done_at = models.DateTimeField(_("transmis le"), null=True, blank=True)
    told_at = models.DateTimeField(_("usager prévenu le"), null=True, blank=True)
    correct_by = models.DateTimeField(_("à corriger avant"), null=True, blank=True)

    objects = DeclarationQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("déclaration")
        constraints = [
            models.UniqueConstraint(
                name="one_declaration_per_version", fields=["appointment", "number", "version"]
            ),
            models.CheckConstraint(
                name="declaration_state_known",
                condition=Q(state__in=["waiting", "done", "refused", "failed", "replaced"]),
            ),
            models.CheckConstraint(
                name="declaration_status_known",
                condition=Q(
                    status__in=[
                        "",
                        "validated",
                        "consumed",
                        "declared",
                        "unknown",
                        "expired",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="what_is_declared_has_its_words",
                condition=Q(is_wanted=False)
                | (
                    ~Q(meeting_point="")
                    & ~Q(meeting_point_id="")
                    & ~Q(appointment_date="")
                    & ~Q(management_url="")
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["number"], name="declaration_by_number"),
            models.Index(fields=["due_at"], name="declaration_due", condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.appointment} v{self.version}"


class Meeting(TenantModel):
    """How often somebody was told of an appointment she has already, by local day.

    ``met`` counts those who were told, ``kept`` those who went on all the same: what lies between
    was avoided.
    """

    class Kind(models.TextChoices):
        MET = "met", _("doublons rencontrés")
        KEPT = "kept", _("doublons confirmés par l’usager")
        REFUSED = "refused", _("numéros refusés avant la réservation")

    day = models.DateField(_("jour"))
    kind = models.CharField(_("quoi"), choices=Kind.choices, max_length=10)
    count = models.PositiveIntegerField(_("nombre"), default=0)

    class Meta:
        verbose_name = _("doublons du jour")
        constraints = [
            models.UniqueConstraint(name="one_meeting_per_day", fields=["day", "kind"]),
            models.CheckConstraint(
                name="meeting_kind_known", condition=Q(kind__in=["met", "kept", "refused"])
            ),
        ]
