"""What other software asks and sends about reports, and what is sent to other servers."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from incidents.models.catalogue import Category, Handler
from incidents.models.history import Message
from incidents.models.known import known
from incidents.models.photos import Photo
from incidents.models.reports import Report
from parvis.guard import TenantModel


LISTS = ("singlevaluelist", "multivaluelist")


class CategoryAttribute(TenantModel):
    """A question that a category asks besides what, where and photos; ``code`` never changes."""

    class Datatype(models.TextChoices):
        STRING = "string", _("quelques mots")
        TEXT = "text", _("un texte")
        NUMBER = "number", _("un nombre")
        DATETIME = "datetime", _("une date et une heure")
        ONE_OF = "singlevaluelist", _("un choix dans une liste")
        SOME_OF = "multivaluelist", _("plusieurs choix dans une liste")

    category = models.ForeignKey(Category, models.CASCADE, related_name="attributes")
    code = models.CharField(_("code"), max_length=40)
    description = models.CharField(_("question"), max_length=200)
    datatype = models.CharField(_("réponse attendue"), choices=Datatype.choices, max_length=15)
    datatype_description = models.CharField(
        _("aide à la réponse"), max_length=200, default="", blank=True
    )
    is_variable = models.BooleanField(_("attend une réponse"), default=True)
    is_required = models.BooleanField(_("obligatoire"), default=False)
    is_public = models.BooleanField(_("réponse publiée"), default=False)
    position = models.PositiveSmallIntegerField(_("rang"))
    values = models.JSONField(_("choix"), default=list, blank=True)  # {"key", "name"}

    class Meta:
        verbose_name = _("question d’une catégorie")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(name="one_attribute_per_code", fields=["category", "code"]),
            models.UniqueConstraint(
                name="one_attribute_per_position",
                fields=["category", "position"],
                deferrable=models.Deferrable.DEFERRED,
            ),
            known(
                "attribute",
                "datatype",
                "string text number datetime singlevaluelist multivaluelist",
            ),
            models.CheckConstraint(name="attribute_counts_from_one", condition=Q(position__gte=1)),
            models.CheckConstraint(
                name="list_has_values", condition=~Q(datatype__in=LISTS) | ~Q(values=[])
            ),
        ]

    def __str__(self) -> str:
        return self.description


class Catalogue(TenantModel):
    """When the catalogue changed last: one row, written by the database at every change."""

    changed_at = models.DateTimeField(_("changé le"))
    by_transaction = models.CharField(_("par"), max_length=20, default="")

    class Meta:
        verbose_name = _("catalogue")
        constraints = [models.CheckConstraint(name="one_catalogue", condition=Q(pk=1))]


class RetiredCode(TenantModel):
    """The code of a category that was deleted: no other category ever has it."""

    code = models.CharField(_("code"), max_length=40)
    category_id = models.BigIntegerField(_("catégorie"))

    class Meta:
        verbose_name = _("code d’une catégorie supprimée")
        constraints = [models.UniqueConstraint(name="retired_once", fields=["code"])]


class ReportAnswers(TenantModel):
    """What was answered to the questions of the category, in the words of the time.

    ``values`` lists ``{"code", "label", "values", "names", "is_public"}``; ``unknown`` is what
    was sent beside, and nobody asked.
    """

    report = models.OneToOneField(Report, models.CASCADE, related_name="answers")
    values = models.JSONField(_("réponses"), default=list)
    unknown = models.JSONField(_("autres valeurs reçues"), default=dict)

    class Meta:
        verbose_name = _("réponses d’un signalement")


class Trial(TenantModel):
    """What an integrator sent to the test endpoint: a report that never was; gone after a day.

    It is no ``Report``: no list, figure, round or mail can meet it. ``item`` is the report as the
    test endpoint shows it, ``updates`` those it shows of it.
    """

    reference = models.CharField(_("référence"), max_length=8)
    client_id = models.BigIntegerField(_("client"))
    service_code = models.CharField(_("catégorie"), max_length=40)
    item = models.JSONField(_("signalement"))
    updates = models.JSONField(_("suites"), default=list)
    submitted_at = models.DateTimeField(_("reçu le"))

    class Meta:
        verbose_name = _("essai d’un autre logiciel")
        constraints = [
            models.UniqueConstraint(name="one_trial_per_reference", fields=["reference"])
        ]
        indexes = [models.Index(fields=["-submitted_at", "-id"], name="trials_newest")]


class OpenRequest(TenantModel):
    """One report sent by other software: what was answered, so that a repeat is answered alike.

    ``key`` is the one of the client, kept a day; ``content`` the fingerprint of what was sent,
    kept ten minutes. The two unique constraints are the guard; both are emptied once too old.
    """

    client_id = models.BigIntegerField(_("client"))
    report = models.ForeignKey(
        Report, models.CASCADE, null=True, blank=True, related_name="open_requests"
    )
    trial = models.ForeignKey(Trial, models.CASCADE, null=True, blank=True)
    key = models.CharField(_("clé d’envoi"), max_length=80, default="", blank=True)
    content = models.CharField(_("empreinte"), max_length=64, default="", blank=True)
    said = models.CharField(_("empreinte gardée"), max_length=64, default="", blank=True)
    token_hash = models.CharField(_("empreinte du jeton"), max_length=64, default="", blank=True)
    unknown = models.PositiveSmallIntegerField(_("attributs inconnus"), default=0)
    answer = models.JSONField(_("réponse"), default=dict)
    at = models.DateTimeField(_("reçu le"))

    class Meta:
        verbose_name = _("envoi d’un autre logiciel")
        constraints = [
            models.UniqueConstraint(
                name="one_request_per_key", fields=["client_id", "key"], condition=~Q(key="")
            ),
            models.UniqueConstraint(
                name="one_request_per_content",
                fields=["client_id", "content"],
                condition=~Q(content=""),
            ),
            models.UniqueConstraint(
                name="one_request_per_token", fields=["token_hash"], condition=~Q(token_hash="")
            ),
        ]


class OpenUpdate(TenantModel):
    """One update sent by other software, and the number under which we list it."""

    client_id = models.BigIntegerField(_("client"))
    external_id = models.CharField(_("numéro chez le client"), max_length=100)
    report = models.ForeignKey(
        Report, models.CASCADE, null=True, blank=True, related_name="open_updates"
    )
    trial = models.ForeignKey(Trial, models.CASCADE, null=True, blank=True)
    update_id = models.CharField(_("numéro ici"), max_length=24, default="")
    external_status = models.CharField(_("état annoncé"), max_length=40, default="", blank=True)
    at = models.DateTimeField(_("reçu le"))

    class Meta:
        verbose_name = _("suite reçue d’un autre logiciel")
        constraints = [
            models.UniqueConstraint(
                name="one_update_per_client", fields=["client_id", "external_id"]
            ),
        ]


class MediaFetch(TenantModel):
    """A photo to fetch where somebody said it is; the row goes with the photo."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="media")
    url = models.CharField(_("adresse"), max_length=2000)
    stage = models.CharField(
        _("moment"), choices=Photo.Stage.choices, max_length=10, default=Photo.Stage.BEFORE
    )
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    due_at = models.DateTimeField(_("à chercher le"))
    failed_at = models.DateTimeField(_("abandonnée le"), null=True, blank=True)

    class Meta:
        verbose_name = _("photo à chercher")
        constraints = [known("media", "stage", "before after evidence")]
        indexes = [
            models.Index(fields=["due_at"], name="media_due", condition=Q(failed_at__isnull=True))
        ]


class OpenServer(TenantModel):
    """The Open311 server of another body: where reports passed on to it are sent, and followed.

    ``key`` is encrypted; ``codes`` leads from our category to its service; an empty ``fallback``
    sends nothing of the other categories.
    """

    handler = models.OneToOneField(Handler, models.CASCADE, related_name="open_server")
    url = models.URLField(_("adresse du serveur"), max_length=300)
    jurisdiction = models.CharField(_("jurisdiction_id"), max_length=100, default="", blank=True)
    key = models.TextField(_("clé"), default="", blank=True)
    codes = models.JSONField(_("catégories"), default=dict, blank=True)
    fallback = models.CharField(_("service pour le reste"), max_length=80, default="", blank=True)
    poll_minutes = models.PositiveSmallIntegerField(_("demander toutes les… minutes"), default=15)
    overlap_minutes = models.PositiveSmallIntegerField(_("recouvrement"), default=120)
    has_updates = models.BooleanField(_("tient l’extension des suites"), default=True)
    is_extended = models.BooleanField(_("connaît les états détaillés"), default=False)
    is_active = models.BooleanField(_("en service"), default=True)
    polled_at = models.DateTimeField(_("demandé le"), null=True, blank=True)
    failed_at = models.DateTimeField(_("en panne depuis le"), null=True, blank=True)
    error = models.CharField(_("erreur"), max_length=300, default="", blank=True)

    class Meta:
        verbose_name = _("serveur Open311 d’un responsable")
        constraints = [
            models.CheckConstraint(name="polls_at_intervals", condition=Q(poll_minutes__gte=1))
        ]


class Dispatch(TenantModel):
    """One report to send to another server, or one message about it: the outbox of Open311."""

    class State(models.TextChoices):
        WAITING = "waiting", _("à envoyer")
        PENDING = "pending", _("reçu, numéro attendu")
        DONE = "done", _("reçu")
        DEAD = "dead", _("abandonné")

    server = models.ForeignKey(OpenServer, models.CASCADE, related_name="dispatches")
    report = models.ForeignKey(Report, models.CASCADE, related_name="dispatches")
    message = models.ForeignKey(Message, models.CASCADE, null=True, blank=True)
    state = models.CharField(_("état"), choices=State.choices, default=State.WAITING, max_length=8)
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    due_at = models.DateTimeField(_("à envoyer le"))
    error = models.CharField(_("erreur"), max_length=300, default="", blank=True)
    token = models.CharField(_("jeton"), max_length=200, default="", blank=True)
    external_id = models.CharField(_("référence là-bas"), max_length=100, default="", blank=True)
    last_status = models.CharField(_("dernier état"), max_length=40, default="", blank=True)
    last_notes = models.TextField(_("dernière note"), default="", blank=True)
    heard_at = models.DateTimeField(_("dernières nouvelles du"), null=True, blank=True)
    created_at = models.DateTimeField(_("créé le"), db_default=Now())

    class Meta:
        verbose_name = _("envoi vers un autre serveur")
        ordering = ["created_at", "pk"]
        constraints = [
            known("dispatch", "state", "waiting pending done dead"),
            models.UniqueConstraint(
                name="sent_once_to_a_server",
                fields=["server", "report"],
                condition=Q(message__isnull=True),
            ),
            models.UniqueConstraint(
                name="said_once_to_a_server",
                fields=["server", "message"],
                condition=Q(message__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="dispatches_due",
                condition=Q(state__in=["waiting", "pending"]),
            )
        ]


class HeardUpdate(TenantModel):
    """An update of another server that has been taken in: read again, it changes nothing."""

    dispatch = models.ForeignKey(Dispatch, models.CASCADE, related_name="heard")
    external_id = models.CharField(_("numéro là-bas"), max_length=200)

    class Meta:
        verbose_name = _("suite entendue")
        constraints = [
            models.UniqueConstraint(name="heard_once", fields=["dispatch", "external_id"])
        ]
