"""What can be reported, where, and who takes care of it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, gettext_lazy as _

from incidents.models.known import both_on_earth, known
from parvis.guard import TenantModel, TenantQuerySet


class Team(TenantModel):
    """People of the commune who work together: roads, green spaces, communication."""

    name = models.CharField(_("nom"), max_length=80)
    email = models.EmailField(_("courriel"), default="", blank=True)
    members = ArrayField(  # numbers of users: no key leads to another schema
        models.BigIntegerField(), verbose_name=_("agents"), default=list, blank=True
    )
    is_active = models.BooleanField(_("en service"), default=True)
    depot_lat = models.FloatField(_("latitude du dépôt"), null=True, blank=True)
    depot_lon = models.FloatField(_("longitude du dépôt"), null=True, blank=True)

    class Meta:
        verbose_name = _("équipe")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(name="one_team_per_name", fields=["name"]),
            both_on_earth("depot_on_earth", lat="depot_lat", lon="depot_lon"),
        ]

    def __str__(self) -> str:
        return self.name


class Handler(TenantModel):
    """Who takes care of a report: a team, another public body, or another commune of Parvis."""

    class Kind(models.TextChoices):
        TEAM = "team", _("équipe de la commune")
        BODY = "body", _("autre organisme")
        CONTRACTOR = "contractor", _("entreprise")
        MEMBER = "member", _("autre collectivité sur Parvis")

    kind = models.CharField(_("nature"), choices=Kind.choices, max_length=10)
    name = models.CharField(_("nom"), max_length=120)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="handlers")
    email = models.EmailField(_("courriel"), default="", blank=True)
    phone = models.CharField(_("téléphone"), max_length=20, default="", blank=True)
    url = models.URLField(_("site"), default="", blank=True)
    commune = models.CharField(_("code INSEE"), max_length=9, default="", blank=True)
    pauses_clock = models.BooleanField(_("le délai s’arrête chez lui"), default=False)
    is_active = models.BooleanField(_("en service"), default=True)

    class Meta:
        verbose_name = _("responsable")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(name="one_handler_per_name", fields=["name"]),
            known("handler", "kind", "team body contractor member"),
            models.CheckConstraint(
                name="handler_has_team_if_team",
                condition=Q(kind="team", team__isnull=False)
                | (~Q(kind="team") & Q(team__isnull=True)),
            ),
            models.CheckConstraint(
                name="handler_has_commune_if_member",
                condition=~Q(kind="member") | ~Q(commune=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name


def in_language(french: str, english: str) -> str:
    """Return what the commune wrote in the language of the page; French where it did not."""
    return (get_language() == "en" and english) or french


class CategoryQuerySet(TenantQuerySet["Category"]):
    """Categories, narrowed down."""

    def offered(self) -> "CategoryQuerySet":
        """Those that citizens may choose."""
        return self.filter(is_active=True, is_staff_only=False)


class Category(TenantModel):
    """One kind of thing a citizen says: a pothole, an idea, a compliment.

    ``code`` is stable; names may change. A confidential one is never published; a redirect creates
    no report and says whom to call.
    """

    class Door(models.TextChoices):
        REPORT = "report", _("signaler")
        SUGGESTION = "suggestion", _("suggérer")
        COMPLIMENT = "compliment", _("féliciter")
        REDIRECT = "redirect", _("renvoyer vers un autre service")

    class Moderation(models.TextChoices):
        AFTER = "after", _("publié tout de suite")
        BEFORE = "before", _("publié après relecture")
        NEVER = "never", _("jamais publié")

    class PromiseUnit(models.TextChoices):
        HOURS = "hours", _("heures")
        WORKING_DAYS = "days", _("jours ouvrés")

    code = models.CharField(_("code"), max_length=40)
    group = models.CharField(_("groupe"), max_length=60)
    group_en = models.CharField(_("groupe en anglais"), max_length=60, default="", blank=True)
    name = models.CharField(_("nom"), max_length=80)
    name_en = models.CharField(_("nom en anglais"), max_length=80, default="", blank=True)
    icon = models.CharField(_("icône"), max_length=40, default="triangle-alert")
    keywords = models.CharField(_("mots pour chercher"), max_length=300, default="", blank=True)
    door = models.CharField(_("porte"), choices=Door.choices, max_length=10, default=Door.REPORT)
    moderation = models.CharField(
        _("publication"), choices=Moderation.choices, max_length=6, default=Moderation.BEFORE
    )
    is_staff_only = models.BooleanField(_("réservé aux agents"), default=False)
    promise_unit = models.CharField(
        _("unité du délai"),
        choices=PromiseUnit.choices,
        max_length=5,
        default=PromiseUnit.WORKING_DAYS,
    )
    promise = models.PositiveSmallIntegerField(_("délai"), default=10)
    similar_radius_m = models.PositiveSmallIntegerField(
        _("signalements proches, en mètres"), default=60
    )
    needs_after_photo = models.BooleanField(_("photo après travaux exigée"), default=False)
    needs_asset = models.BooleanField(_("porte sur un équipement"), default=False)
    danger_text = models.CharField(_("danger"), max_length=300, default="", blank=True)
    redirect_text = models.CharField(_("à qui s’adresser"), max_length=300, default="", blank=True)
    redirect_url = models.URLField(_("adresse"), default="", blank=True)
    redirect_phone = models.CharField(_("téléphone"), max_length=20, default="", blank=True)
    is_batch = models.BooleanField(
        _("numéro donné après relecture"), default=False, db_default=False
    )
    is_active = models.BooleanField(_("proposée"), default=True)
    position = models.PositiveSmallIntegerField(_("rang"), default=0)

    objects = CategoryQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("catégorie")
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(name="one_category_per_code", fields=["code"]),
            known("category", "door", "report suggestion compliment redirect"),
            known("category", "moderation", "after before never"),
            known("category", "promise_unit", "hours days"),
            models.CheckConstraint(name="category_promises", condition=Q(promise__gte=1)),
            models.CheckConstraint(
                name="redirect_says_whom",
                condition=~Q(door="redirect") | ~Q(redirect_text=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """Its name in the language of the page."""
        return in_language(self.name, self.name_en)

    @property
    def group_label(self) -> str:
        """The name of its group in the language of the page."""
        return in_language(self.group, self.group_en)


class Zone(TenantModel):
    """A part of the commune, drawn or imported; ``outline`` is a GeoJSON polygon (WGS 84)."""

    name = models.CharField(_("nom"), max_length=80)
    outline = models.JSONField(_("contour"))

    class Meta:
        verbose_name = _("zone")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(name="one_zone_per_name", fields=["name"])]

    def __str__(self) -> str:
        return self.name


class RoadClass(models.TextChoices):
    """Who owns a road, as the commune knows it."""

    COMMUNAL = "communal", _("voie communale")
    DEPARTMENT = "department", _("route départementale")
    NATIONAL = "national", _("route nationale ou autoroute")
    PRIVATE = "private", _("voie privée")


class RoutingRule(TenantModel):
    """Category × zone × road class → handler; the first rule that matches wins.

    What is empty matches everything.
    """

    position = models.PositiveSmallIntegerField(_("rang"))
    category = models.ForeignKey(Category, models.CASCADE, null=True, blank=True)
    group = models.CharField(_("groupe"), max_length=60, default="", blank=True)
    zone = models.ForeignKey(Zone, models.CASCADE, null=True, blank=True)
    road_class = models.CharField(
        _("voie"), choices=RoadClass.choices, max_length=10, default="", blank=True
    )
    handler = models.ForeignKey(Handler, models.PROTECT, related_name="rules")
    explanation = models.CharField(_("dit au citoyen"), max_length=200, default="", blank=True)

    class Meta:
        verbose_name = _("règle")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_rule_per_position",
                fields=["position"],
                deferrable=models.Deferrable.DEFERRED,
            ),
            known("rule", "road_class", RoadClass.values, or_empty=True),
            models.CheckConstraint(
                name="rule_has_category_or_group", condition=Q(category__isnull=True) | Q(group="")
            ),
        ]


class Asset(TenantModel):
    """A thing of the inventory: a street lamp, a bench, a bin; its sticker reports it."""

    kind = models.CharField(_("nature"), max_length=40)
    code = models.CharField(_("numéro"), max_length=40)
    name = models.CharField(_("nom"), max_length=120, default="", blank=True)
    lat = models.FloatField(_("latitude"))
    lon = models.FloatField(_("longitude"))
    token = models.CharField(_("code de l’autocollant"), max_length=10)
    is_active = models.BooleanField(_("en place"), default=True)

    class Meta:
        verbose_name = _("équipement")
        ordering = ["kind", "code"]
        constraints = [
            models.UniqueConstraint(name="one_asset_per_code", fields=["kind", "code"]),
            models.UniqueConstraint(name="one_asset_per_token", fields=["token"]),
            models.CheckConstraint(
                name="asset_on_earth",
                condition=Q(lat__gte=-90, lat__lte=90, lon__gte=-180, lon__lte=180),
            ),
        ]
        indexes = [models.Index(fields=["lat", "lon"], name="assets_near")]


class ReplyTemplate(TenantModel):
    """Words ready for a public answer, with ``{reference}``, ``{lieu}`` and ``{date}`` in them."""

    title = models.CharField(_("titre"), max_length=80)
    text = models.TextField(_("texte"), max_length=2000)
    status = models.CharField(_("pour l’état"), max_length=20, default="", blank=True)
    category = models.ForeignKey(Category, models.CASCADE, null=True, blank=True)

    class Meta:
        verbose_name = _("modèle de réponse")
        ordering = ["title"]
        constraints = [models.UniqueConstraint(name="one_template_per_title", fields=["title"])]


class MessageText(TenantModel):
    """What the commune adds to one kind of message, in one language; marks as in a template."""

    event = models.CharField(_("message"), max_length=20)
    language = models.CharField(_("langue"), max_length=5, default="fr")
    subject = models.CharField(_("objet"), max_length=150, default="", blank=True)
    text = models.TextField(_("texte ajouté"), max_length=2000, default="", blank=True)

    class Meta:
        verbose_name = _("texte d’un message")
        constraints = [
            models.UniqueConstraint(
                name="one_report_text_per_message", fields=["event", "language"]
            ),
        ]


class SavedFilter(TenantModel):
    """The address of a list that somebody wants again; ``query`` as in the address."""

    name = models.CharField(_("nom"), max_length=60)
    query = models.CharField(_("filtres"), max_length=500)
    owner_id = models.BigIntegerField(_("de"))
    is_shared = models.BooleanField(_("pour tous les agents"), default=False)

    class Meta:
        verbose_name = _("filtre")
        ordering = [F("name").asc()]
        constraints = [
            models.UniqueConstraint(name="one_filter_per_name", fields=["owner_id", "name"])
        ]
