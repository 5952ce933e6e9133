"""What is read and tried between sessions: material, paths, and questions to the referent."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tenants.models import Association, Commune
from training.files import MaterialFiles
from training.words import Learner, Topic


class Material(models.Model):
    """Something to read, watch or keep; ``written_on`` says which state of the screens it shows.

    ``text`` is plain: paragraphs parted by an empty line, ``# `` before a heading, ``- `` before
    an item.
    """

    class Kind(models.TextChoices):
        GUIDE = "guide", _("guide")
        VIDEO = "video", _("vidéo")
        SHEET = "sheet", _("fiche")
        FAQ = "faq", _("questions fréquentes")
        RELEASE_NOTE = "release", _("nouveautés")

    association = models.ForeignKey(Association, models.CASCADE, related_name="materials")
    kind = models.CharField(_("nature"), choices=Kind.choices, max_length=8)
    title = models.CharField(_("titre"), max_length=120)
    summary = models.CharField(_("en une phrase"), max_length=200, default="", blank=True)
    roles = ArrayField(
        models.CharField(max_length=10, choices=Learner.choices), verbose_name=_("pour qui")
    )
    topics = ArrayField(
        models.CharField(max_length=10, choices=Topic.choices), verbose_name=_("sujets")
    )
    screens = ArrayField(
        models.CharField(max_length=60), verbose_name=_("écrans"), default=list, blank=True
    )
    language = models.CharField(_("langue"), max_length=2, default="fr")
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    minutes = models.PositiveSmallIntegerField(_("durée en minutes"))
    text = models.TextField(_("texte"), default="", blank=True)
    transcript = models.TextField(_("transcription"), default="", blank=True)
    file = models.FileField(
        _("fichier"), storage=MaterialFiles(), max_length=100, default="", blank=True
    )
    file_name = models.CharField(_("nom du fichier"), max_length=100, default="", blank=True)
    written_on = models.DateField(_("écrit le"))
    is_published = models.BooleanField(_("publié"), default=True)

    class Meta:
        verbose_name = _("ressource")
        ordering = ["title", "pk"]
        constraints = [
            models.CheckConstraint(
                name="material_kind_known",
                condition=Q(kind__in=["guide", "video", "sheet", "faq", "release"]),
            ),
            models.CheckConstraint(
                name="material_roles_known",
                condition=Q(
                    roles__contained_by=[
                        "front_desk",
                        "dispatcher",
                        "admin",
                        "elected",
                        "referent",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="material_topics_known",
                condition=Q(topics__contained_by=["booking", "reports", "parvis"]),
            ),
            models.CheckConstraint(
                name="video_has_its_transcript", condition=~Q(kind="video") | ~Q(transcript="")
            ),
            models.CheckConstraint(
                name="material_says_something", condition=~Q(text="") | ~Q(file="")
            ),
        ]

    def __str__(self) -> str:
        return self.title


class LearningPath(models.Model):
    """What somebody in a role goes through, step by step."""

    association = models.ForeignKey(Association, models.CASCADE, related_name="learning_paths")
    role = models.CharField(_("pour qui"), choices=Learner.choices, max_length=10)
    title = models.CharField(_("titre"), max_length=120)
    summary = models.CharField(_("en une phrase"), max_length=200, default="", blank=True)

    class Meta:
        verbose_name = _("parcours")
        ordering = ["role", "title", "pk"]
        constraints = [
            models.CheckConstraint(
                name="path_role_known",
                condition=Q(role__in=["front_desk", "dispatcher", "admin", "elected", "referent"]),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PathStep(models.Model):
    """One step of a path: something to read, five questions, or something to do in the sandbox.

    ``questions``: ``[{"ask": …, "choices": […], "right": 0, "why": …}]``.
    """

    class Kind(models.TextChoices):
        MATERIAL = "material", _("ressource")
        QUIZ = "quiz", _("questions")
        EXERCISE = "exercise", _("exercice")

    path = models.ForeignKey(LearningPath, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField(_("rang"))
    kind = models.CharField(_("nature"), choices=Kind.choices, max_length=8)
    title = models.CharField(_("titre"), max_length=120)
    material = models.ForeignKey(Material, models.CASCADE, related_name="steps", null=True)
    questions = models.JSONField(_("questions"), default=list)
    exercise = models.CharField(_("exercice"), max_length=40, default="", blank=True)

    class Meta:
        verbose_name = _("étape")
        ordering = ["path_id", "position"]
        constraints = [
            models.UniqueConstraint(name="one_step_per_position", fields=["path", "position"]),
            models.CheckConstraint(
                name="step_is_what_it_says",
                condition=Q(kind="material", material__isnull=False, exercise="")
                | Q(kind="quiz", material__isnull=True, exercise="")
                | (Q(kind="exercise", material__isnull=True) & ~Q(exercise="")),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class HelpRequest(models.Model):
    """A question to the referent, asked from a screen."""

    association = models.ForeignKey(Association, models.CASCADE, related_name="help_requests")
    commune = models.ForeignKey(Commune, models.CASCADE, related_name="help_requests")
    user_id = models.BigIntegerField(_("compte"))
    name = models.CharField(_("nom"), max_length=80)
    email = models.EmailField(_("courriel"), default="", blank=True)
    screen = models.CharField(_("écran"), max_length=60, default="", blank=True)
    text = models.TextField(_("question"))
    at = models.DateTimeField(_("posée le"), db_default=Now())
    answered_at = models.DateTimeField(_("traitée le"), null=True, blank=True)
    answered_by_name = models.CharField(_("traitée par"), max_length=80, default="", blank=True)

    class Meta:
        verbose_name = _("question au référent")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(
                name="help_to_answer",
                fields=["association", "at"],
                condition=Q(answered_at__isnull=True),
            ),
        ]
