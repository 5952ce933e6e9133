"""Files a commune brings in: what they say, how they were read, and what became of each row."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from booking.models import Resource, Service
from parvis.guard import TenantModel


class ImportKind(models.TextChoices):
    """What a file is about."""

    APPOINTMENTS = "appointments", _("Rendez-vous")
    CLOSURES = "closures", _("Fermetures")
    OPENINGS = "openings", _("Plages d’ouverture")
    REPORTS = "reports", _("Signalements")
    STAFF = "staff", _("Équipe")


KINDS = ["appointments", "closures", "openings", "reports", "staff"]


class ImportBatch(TenantModel):
    """One file, from its upload to its undoing.

    ``columns`` gives the column of each field; ``settings`` what stands for all rows: the service
    where no column names one, whether citizens are told.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("à vérifier")
        QUEUED = "queued", _("en attente")
        RUNNING = "running", _("en cours")
        DONE = "done", _("importé")
        UNDOING = "undoing", _("en cours d’annulation")
        UNDONE = "undone", _("annulé")

    kind = models.CharField(_("contenu"), choices=ImportKind.choices, max_length=12)
    state = models.CharField(_("état"), choices=State.choices, default=State.DRAFT, max_length=8)
    file_name = models.CharField(_("fichier"), max_length=120)
    read_as = models.CharField(_("lu comme"), max_length=40)
    header = models.JSONField(_("titres"))
    fingerprint = models.CharField(_("empreinte des titres"), max_length=64)
    columns = models.JSONField(_("colonnes"), default=dict)
    date_order = models.CharField(
        _("dates"),
        choices=[("dmy", _("jour/mois/année")), ("mdy", _("mois/jour/année"))],
        default="dmy",
        max_length=3,
    )
    settings = models.JSONField(_("pour toutes les lignes"), default=dict)
    is_mapped = models.BooleanField(_("colonnes choisies"), default=False)
    by_id = models.BigIntegerField(_("par"))
    by_name = models.CharField(_("par"), max_length=80)
    by_role = models.CharField(_("rôle"), max_length=20)
    created_at = models.DateTimeField(_("déposé le"), db_default=Now())
    touched_at = models.DateTimeField(_("avancé le"), null=True)
    applied_at = models.DateTimeField(_("importé le"), null=True)
    undone_at = models.DateTimeField(_("annulé le"), null=True)

    class Meta:
        verbose_name = _("import")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="import_kind_known", condition=Q(kind__in=KINDS)),
            models.CheckConstraint(
                name="import_state_known",
                condition=Q(state__in=["draft", "queued", "running", "done", "undoing", "undone"]),
            ),
            models.CheckConstraint(
                name="import_date_order_known", condition=Q(date_order__in=["dmy", "mdy"])
            ),
        ]


class ImportRow(TenantModel):
    """One row of a file; erased with what it says some weeks after the import."""

    class State(models.TextChoices):
        READY = "ready", _("à importer")
        WRONG = "wrong", _("à corriger")
        CREATED = "created", _("créé")
        UPDATED = "updated", _("mis à jour")
        UNCHANGED = "unchanged", _("déjà pareil")
        REFUSED = "refused", _("refusé")
        UNDONE = "undone", _("annulé")
        KEPT = "kept", _("gardé")

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField(_("ligne"))
    cells = models.JSONField(_("cellules"))
    state = models.CharField(_("état"), choices=State.choices, default=State.READY, max_length=10)
    field = models.CharField(_("champ en cause"), max_length=20, default="", blank=True)
    message = models.CharField(_("raison"), max_length=300, default="", blank=True)
    proposals = models.JSONField(_("corrections proposées"), default=list)  # [[words, {…}], …]
    target = models.BigIntegerField(_("ce qui a été créé"), null=True)
    stamp = models.CharField(_("empreinte de ce qui a été créé"), max_length=64, default="")

    class Meta:
        verbose_name = _("ligne importée")
        ordering = ["line", "pk"]
        constraints = [
            models.UniqueConstraint(name="one_row_per_line", fields=["batch", "line"]),
            models.CheckConstraint(
                name="import_row_state_known",
                condition=Q(
                    state__in=[
                        "ready",
                        "wrong",
                        "created",
                        "updated",
                        "unchanged",
                        "refused",
                        "undone",
                        "kept",
                    ]
                ),
            ),
        ]
        indexes = [models.Index(name="import_row_by_state", fields=["batch", "state", "line"])]


class ImportedRef(TenantModel):
    """What of another tool is which row here, so that the same file again changes nothing.

    ``source`` is the kind of a file, or the calendar it comes from.
    """

    source = models.CharField(_("origine"), max_length=30)
    ref = models.CharField(_("référence externe"), max_length=200)
    target = models.BigIntegerField(_("ligne"))
    digest = models.CharField(_("empreinte"), max_length=64)
    batch = models.ForeignKey(
        ImportBatch, models.SET_NULL, related_name="refs", null=True, blank=True
    )

    class Meta:
        verbose_name = _("référence reprise")
        constraints = [
            models.UniqueConstraint(name="one_target_per_reference", fields=["source", "ref"]),
        ]


class ColumnMemory(TenantModel):
    """How the files of one tool are read, known again by their titles."""

    kind = models.CharField(_("contenu"), choices=ImportKind.choices, max_length=12)
    fingerprint = models.CharField(_("empreinte des titres"), max_length=64)
    columns = models.JSONField(_("colonnes"))
    date_order = models.CharField(_("dates"), max_length=3)
    settings = models.JSONField(_("pour toutes les lignes"), default=dict)

    class Meta:
        verbose_name = _("colonnes connues")
        constraints = [
            models.UniqueConstraint(name="one_memory_per_tool", fields=["kind", "fingerprint"]),
            models.CheckConstraint(name="memory_kind_known", condition=Q(kind__in=KINDS)),
            models.CheckConstraint(
                name="memory_date_order_known", condition=Q(date_order__in=["dmy", "mdy"])
            ),
        ]


class CalendarFeed(TenantModel):
    """A calendar of another tool, read once from a file or again every night from its address.

    Its events to come are times when nobody is received, in the whole commune or at one counter.
    Those whose title holds ``keyword`` are appointments of ``service`` instead.
    """

    name = models.CharField(_("nom"), max_length=80)
    url = models.CharField(_("adresse"), max_length=500, default="", blank=True)
    resource = models.ForeignKey(Resource, models.CASCADE, related_name="+", null=True, blank=True)
    keyword = models.CharField(
        _("mot du titre des rendez-vous"), max_length=60, default="", blank=True
    )
    service = models.ForeignKey(Service, models.SET_NULL, related_name="+", null=True, blank=True)
    by_id = models.BigIntegerField(_("par"))
    by_name = models.CharField(_("par"), max_length=80)
    created_at = models.DateTimeField(_("ajouté le"), db_default=Now())
    tried_at = models.DateTimeField(_("lu la dernière fois le"), null=True)
    good_at = models.DateTimeField(_("lu avec succès le"), null=True)
    error = models.CharField(_("dernière erreur"), max_length=300, default="", blank=True)
    events = models.PositiveIntegerField(_("événements à venir"), default=0)
    refused = models.PositiveIntegerField(_("événements refusés"), default=0)
    touched = models.PositiveIntegerField(_("rendez-vous touchés"), default=0)
    tag = models.CharField(_("étiquette de la dernière version"), max_length=200, default="")
    modified = models.CharField(_("date de la dernière version"), max_length=60, default="")

    class Meta:
        verbose_name = _("agenda")
        ordering = ["name", "pk"]
