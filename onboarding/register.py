"""What the association writes down about its work with a commune. Public schema.

People who work for a town hall, what was said with them, what holds the commune back, what it
uses today, what is to be done and who does it. Never a citizen.
"""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ideas.models import Idea
from onboarding.stages import Module, Reason
from onboarding.switching import Window, WindowState, switch_window
from parvis.typo import telephone
from tenants.models import Commune, User


class Contact(models.Model):
    """Somebody at the town hall whom the association speaks to."""

    commune = models.ForeignKey(Commune, models.CASCADE, related_name="contacts")
    name = models.CharField(_("nom"), max_length=120)
    function = models.CharField(_("fonction"), max_length=120, default="", blank=True)
    phone = models.CharField(_("téléphone"), max_length=30, default="", blank=True)
    email = models.EmailField(_("courriel"), default="", blank=True)
    is_main = models.BooleanField(_("à appeler d’abord"), default=False)
    created_at = models.DateTimeField(_("noté le"), db_default=Now())

    class Meta:
        verbose_name = _("contact")
        ordering = ["-is_main", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_main_contact_per_commune",
                fields=["commune"],
                condition=Q(is_main=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def reach(self) -> str:
        """What she does and how to reach her, in one line."""
        parts = (self.function, telephone(self.phone) if self.phone else "", self.email)
        return ", ".join(part for part in parts if part)


class Interaction(models.Model):
    """Something said or written with a commune."""

    class Kind(models.TextChoices):
        CALL = "call", _("appel")
        MAIL = "mail", _("courriel")
        VISIT = "visit", _("visite")
        NOTE = "note", _("note")

    commune = models.ForeignKey(Commune, models.CASCADE, related_name="interactions")
    kind = models.CharField(_("quoi"), choices=Kind.choices, max_length=5)
    on = models.DateField(_("le"))
    contact = models.ForeignKey(
        Contact, models.SET_NULL, related_name="interactions", null=True, blank=True
    )
    text = models.TextField(_("ce qui a été dit"), max_length=4000)
    by_id = models.BigIntegerField(_("par"), null=True, blank=True)
    by_name = models.CharField(_("par"), max_length=80, default="", blank=True)
    written_at = models.DateTimeField(_("écrit le"), db_default=Now())

    class Meta:
        verbose_name = _("échange")
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="interaction_kind_known",
                condition=Q(kind__in=["call", "mail", "note", "visit"]),
            ),
        ]
        indexes = [models.Index(name="interaction_by_day", fields=["commune", "-on"])]


class Obstacle(models.Model):
    """What holds a commune back; the idea, if any, that would lift it."""

    commune = models.ForeignKey(Commune, models.CASCADE, related_name="obstacles")
    module = models.CharField(_("module"), choices=Module.choices, max_length=10)
    reason_code = models.CharField(_("raison"), choices=Reason.choices, max_length=30)
    detail = models.CharField(_("précisions"), max_length=500, default="", blank=True)
    idea = models.ForeignKey(
        Idea, models.SET_NULL, related_name="obstacles", null=True, blank=True
    )
    noted_at = models.DateTimeField(_("noté le"))
    by_name = models.CharField(_("par"), max_length=80, default="", blank=True)
    solved_at = models.DateTimeField(_("levé le"), null=True, blank=True)
    solved_by_name = models.CharField(_("levé par"), max_length=80, default="", blank=True)

    class Meta:
        verbose_name = _("obstacle")
        ordering = ["noted_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="obstacle_module_known", condition=Q(module__in=sorted(Module.values))
            ),
            models.CheckConstraint(
                name="obstacle_reason_known", condition=Q(reason_code__in=sorted(Reason.values))
            ),
        ]


class ExistingSolution(models.Model):
    """What a commune uses today for a module, and when it may change."""

    class Mode(models.IntegerChoices):
        """How Parvis and the other tool live together; the first two count as connected."""

        LINK_OUT = 1, _("lien : la commune est listée, son outil s’ouvre")
        MIRRORED = 2, _("créneaux reflétés : les siens paraissent dans la recherche")
        BY_MODULE = 3, _("module par module")
        FULL_MOVE = 4, _("reprise complète")

    class Link(models.TextChoices):
        FAMILY = "family_portal", _("portail famille")
        REGISTRY = "civil_registry", _("état civil")
        WEBSITE = "website", _("site de la commune")
        CITIZENS = "citizen_suite", _("relation citoyenne")
        OTHER = "other", _("autre logiciel")

    class Format(models.TextChoices):
        CSV = "csv", _("CSV ou tableur")
        ICS = "ics", _("agenda (ICS)")
        JSON = "json", _("JSON ou interface")
        PAPER = "paper", _("impression seulement")

    CONNECTED = (Mode.LINK_OUT, Mode.MIRRORED)

    commune = models.ForeignKey(Commune, models.CASCADE, related_name="solutions")
    module = models.CharField(_("module"), choices=Module.choices, max_length=10)
    vendor = models.CharField(_("éditeur"), max_length=120)
    product = models.CharField(_("produit"), max_length=120, default="", blank=True)
    contract_end = models.DateField(_("fin du contrat"), null=True, blank=True)
    notice_days = models.PositiveSmallIntegerField(_("préavis (jours)"), default=90)
    integrated_with = ArrayField(
        models.CharField(max_length=20, choices=Link.choices),
        verbose_name=_("relié à"),
        default=list,
        blank=True,
    )
    satisfaction = models.PositiveSmallIntegerField(_("satisfaction"), null=True, blank=True)
    export_formats = ArrayField(
        models.CharField(max_length=20, choices=Format.choices),
        verbose_name=_("peut exporter"),
        default=list,
        blank=True,
    )
    mode = models.PositiveSmallIntegerField(
        _("cohabitation"), choices=Mode.choices, null=True, blank=True
    )

    class Meta:
        verbose_name = _("solution existante")
        constraints = [
            models.UniqueConstraint(name="one_solution_per_module", fields=["commune", "module"]),
            models.CheckConstraint(
                name="solution_module_known", condition=Q(module__in=sorted(Module.values))
            ),
            models.CheckConstraint(
                name="solution_mode_known",
                condition=Q(mode__isnull=True) | Q(mode__in=[1, 2, 3, 4]),
            ),
            models.CheckConstraint(
                name="solution_satisfaction_from_1_to_5",
                condition=Q(satisfaction__isnull=True) | Q(satisfaction__range=(1, 5)),
            ),
            models.CheckConstraint(
                name="solution_links_known",
                condition=Q(
                    integrated_with__contained_by=[
                        *("family_portal", "civil_registry", "website", "citizen_suite", "other")
                    ]
                ),
            ),
            models.CheckConstraint(
                name="solution_formats_known",
                condition=Q(export_formats__contained_by=["csv", "ics", "json", "paper"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vendor} {self.product}".strip()

    @property
    def window(self) -> Window | None:
        """The days in which the contract can be left."""
        return switch_window(self.contract_end, self.notice_days)

    def window_state(self, today: date) -> WindowState | None:
        """Say where a day stands beside the window."""
        return self.window.state(today) if self.window else None

    @property
    def is_connected(self) -> bool:
        """Whether the commune is beside those in service, not among them."""
        return self.mode in self.CONNECTED


class Referent(models.Model):
    """Who at the association answers for a commune, and who stands in."""

    class Rank(models.TextChoices):
        MAIN = "main", _("référent")
        BACKUP = "backup", _("suppléant")

    commune = models.ForeignKey(Commune, models.CASCADE, related_name="referents")
    user = models.ForeignKey(User, models.CASCADE, related_name="followed_communes")
    rank = models.CharField(_("rang"), choices=Rank.choices, max_length=6)

    class Meta:
        verbose_name = _("référent")
        constraints = [
            models.UniqueConstraint(name="one_referent_per_rank", fields=["commune", "rank"]),
            models.UniqueConstraint(name="one_rank_per_referent", fields=["commune", "user"]),
            models.CheckConstraint(
                name="referent_rank_known", condition=Q(rank__in=["backup", "main"])
            ),
        ]


class Task(models.Model):
    """Something a referent is to do for a commune.

    ``rule`` names the reminder that wrote it, "" when somebody did; ``key`` is then the fact it
    reminds of, so that no night writes it twice.
    """

    class Rule(models.TextChoices):
        CONSIDERING = "considering", _("réflexion qui dure")
        COMMITTED = "committed", _("engagement sans suite")
        CONFIGURING = "configuring", _("paramétrage arrêté")
        TRAINING = "training", _("formation proche")
        PAUSED = "paused", _("fin de suspension")
        DECLINED = "declined", _("date de reprise de contact")
        WINDOW = "window", _("fenêtre de bascule")
        HEALTH = "health", _("signe de santé")

    commune = models.ForeignKey(Commune, models.CASCADE, related_name="tasks")
    module = models.CharField(
        _("module"), choices=Module.choices, max_length=10, default="", blank=True
    )
    title = models.CharField(_("quoi faire"), max_length=200, default="", blank=True)
    why = models.TextField(_("pourquoi"), max_length=1000, default="", blank=True)
    script = models.TextField(_("que dire"), max_length=2000, default="", blank=True)
    due = models.DateField(_("pour le"))
    rule = models.CharField(
        _("règle"), choices=Rule.choices, max_length=12, default="", blank=True
    )
    key = models.CharField(_("clé"), max_length=80, default="", blank=True)
    about = models.DateField(_("à propos du"), null=True, blank=True)
    written_at = models.DateTimeField(_("écrite le"), db_default=Now())
    by_name = models.CharField(_("par"), max_length=80, default="", blank=True)
    done_at = models.DateTimeField(_("faite le"), null=True, blank=True)
    done_by_name = models.CharField(_("faite par"), max_length=80, default="", blank=True)

    class Meta:
        verbose_name = _("tâche")
        ordering = ["due", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_task_per_fact", fields=["key"], condition=~Q(key="")
            ),
            models.CheckConstraint(
                name="task_module_known",
                condition=Q(module__in=["", *sorted(Module.values)]),
            ),
            models.CheckConstraint(
                name="task_rule_known",
                condition=Q(
                    rule__in=[
                        "",
                        "committed",
                        "configuring",
                        "considering",
                        "declined",
                        "health",
                        "paused",
                        "training",
                        "window",
                    ]
                ),
            ),
            models.CheckConstraint(name="task_says_what", condition=~Q(title="") | ~Q(rule="")),
        ]
        indexes = [
            models.Index(name="task_open", fields=["due"], condition=Q(done_at__isnull=True)),
        ]
