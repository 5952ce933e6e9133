"""What the library can hold: for each kind, its fields, their words and which are keyed lists.

A field that a schema does not name is not merged, shown or asked for. ``SCHEMA_VERSION`` rises
when a payload written before could not be read any more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from booking.models import Service
from incidents.models import Category
from incidents.models.reports import STATUS_WORDS
from shelf.merge import parts


SCHEMA_VERSION = 1
Shape = Literal["line", "long", "number", "switch", "choice", "lengths", "list"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a payload: how it is asked for and what it may hold."""

    name: str
    label: Promise
    shape: Shape = "line"
    most: int = 100
    """Characters of a text, or the greatest number."""
    least: int = 0
    is_required: bool = False
    choices: tuple[tuple[str, Any], ...] = ()
    start: Any = ""
    """What it is before anybody has written it."""
    fields: tuple["Field", ...] = ()
    """Of the items of a keyed list, beside their key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of template."""

    code: str
    label: Promise
    plural: Promise
    icon: str
    fields: tuple[Field, ...]
    arrives_by_law: bool = False
    """Whether a legal template comes to communes that never took it."""
    lists: Mapping[str, Any] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lists", _lists(self.fields))

    def empty(self) -> dict[str, Any]:
        """Return a payload that says nothing yet."""
        return {each.name: [] if each.shape == "list" else each.start for each in self.fields}

    def field_at(self, path: str) -> Field | None:
        """Return the field that a path leads to; None for an item or what no schema names."""
        fields, found = self.fields, None
        for name, key in parts(path):
            found = next((each for each in fields if each.name == name), None)
            if found is None:
                return None
            fields = found.fields
            if key is not None:
                found = None
        return found


def _lists(fields: tuple[Field, ...]) -> dict[str, Any]:
    return {each.name: _lists(each.fields) for each in fields if each.shape == "list"}


def _text(name: str, label: Promise, most: int = 100, *, is_required: bool = False) -> Field:
    return Field(name=name, label=label, most=most, is_required=is_required)


def _long(name: str, label: Promise, most: int = 2000) -> Field:
    return Field(name=name, label=label, shape="long", most=most)


def _number(name: str, label: Promise, least: int, most: int, start: int) -> Field:
    return Field(name=name, label=label, shape="number", least=least, most=most, start=start)


def _switch(name: str, label: Promise, *, start: bool = False) -> Field:
    return Field(name=name, label=label, shape="switch", start=start)


SERVICE = Kind(
    code="service",
    label=_("démarche"),
    plural=_("Démarches"),
    icon="calendar-check",
    fields=(
        _text("name", _("Nom"), is_required=True),
        _text("name_en", _("Nom en anglais")),
        _text("text", _("En une ligne, pour le public"), 200),
        _text("text_en", _("En une ligne, en anglais"), 200),
        Field(name="icon", label=_("Icône"), most=40, start="calendar-check", is_required=True),
        Field(
            name="titles",
            label=_("Titres demandés"),
            shape="choice",
            choices=tuple(Service.Titles.choices),
        ),
        Field(
            name="minutes",
            label=_("Minutes pour 1, 2, 3… personnes"),
            shape="lengths",
            least=5,
            most=480,
            is_required=True,
            start=[20],
        ),
        Field(name="documents", label=_("Pièces à apporter"), shape="list", most=40),
        _long("terms", _("À accepter avant de réserver")),
        _long("instructions", _("À savoir une fois le rendez-vous pris")),
        _number("completion_minutes", _("Minutes pour revenir compléter un dossier"), 5, 480, 10),
        _number("buffer_before", _("Minutes de préparation avant"), 0, 120, 0),
        _number("buffer_after", _("Minutes de rangement après"), 0, 120, 0),
        _number("notice_hours", _("Réserver au plus tard combien d’heures avant"), 0, 720, 2),
        _number("horizon_days", _("Réserver au plus tôt combien de jours avant"), 1, 365, 60),
        _switch("is_online", _("Réservable en ligne par les citoyens"), start=True),
        _switch("is_cancellable_online", _("Annulable en ligne par le citoyen"), start=True),
        _switch("has_waiting_list", _("Liste d’attente pour une date plus proche"), start=True),
        _switch("asks_presence", _("Demander « Viendrez-vous ? » avant le jour")),
        _switch("is_confidential", _("Ne pas nommer la démarche dans les messages")),
        _switch("is_collection", _("C’est une remise de titres")),
    ),
)
DOCUMENT = Kind(
    code="document",
    label=_("pièce"),
    plural=_("Pièces"),
    icon="file-text",
    arrives_by_law=True,
    fields=(
        _text("title", _("Pièce"), 150, is_required=True),
        _text("title_en", _("Pièce, en anglais"), 150),
        _long("text", _("Précision"), 400),
        _long("text_en", _("Précision, en anglais"), 400),
    ),
)
CATEGORIES = (
    _text("group", _("Groupe"), 60, is_required=True),
    _text("group_en", _("Groupe en anglais"), 60),
    _text("name", _("Nom"), 80, is_required=True),
    _text("name_en", _("Nom en anglais"), 80),
    Field(name="icon", label=_("Icône"), most=40, start="triangle-alert", is_required=True),
    _text("keywords", _("Mots pour chercher"), 300),
    Field(
        name="door",
        label=_("Porte"),
        shape="choice",
        choices=tuple(Category.Door.choices),
        start="report",
    ),
    Field(
        name="moderation",
        label=_("Publication"),
        shape="choice",
        choices=tuple(Category.Moderation.choices),
        start="before",
    ),
    _switch("is_staff_only", _("Réservée aux agents")),
    Field(
        name="promise_unit",
        label=_("Unité du délai"),
        shape="choice",
        choices=tuple(Category.PromiseUnit.choices),
        start="days",
    ),
    _number("promise", _("Délai"), 1, 365, 10),
    _number("similar_radius_m", _("Signalements proches, en mètres"), 0, 1000, 60),
    _switch("needs_after_photo", _("Photo après travaux exigée")),
    _switch("needs_asset", _("Porte sur un équipement")),
    _text("danger_text", _("Danger"), 300),
    _text("redirect_text", _("À qui s’adresser"), 300),
    _text("redirect_url", _("Adresse du site"), 200),
    _text("redirect_phone", _("Téléphone"), 20),
)
PACK = Kind(
    code="pack",
    label=_("lot de catégories"),
    plural=_("Lots de catégories de signalement"),
    icon="megaphone",
    fields=(
        Field(name="categories", label=_("Catégories"), shape="list", most=40, fields=CATEGORIES),
    ),
)
MESSAGE = Kind(
    code="message",
    label=_("message aux citoyens"),
    plural=_("Messages aux citoyens"),
    icon="mail",
    arrives_by_law=True,
    fields=(
        _text("subject", _("Objet"), 150),
        _long("text", _("Texte ajouté à la fin")),
        _text("subject_en", _("Objet, en anglais"), 150),
        _long("text_en", _("Texte ajouté, en anglais")),
    ),
)
REPLY = Kind(
    code="reply",
    label=_("réponse à un signalement"),
    plural=_("Réponses aux signalements"),
    icon="message-square",
    fields=(
        _text("title", _("Titre"), 80, is_required=True),
        Field(name="text", label=_("Texte"), shape="long", most=2000, is_required=True),
        Field(
            name="status",
            label=_("Pour l’état"),
            shape="choice",
            choices=(
                ("", _("tous")),
                *((status.value, words) for status, words in STATUS_WORDS.items()),
            ),
        ),
    ),
)
PAGE = Kind(
    code="page",
    label=_("page d’information"),
    plural=_("Pages d’information"),
    icon="book-open",
    arrives_by_law=True,
    fields=(
        _text("title", _("Titre"), 120, is_required=True),
        _text("title_en", _("Titre en anglais"), 120),
        Field(name="text", label=_("Texte"), shape="long", most=20000, is_required=True),
        _long("text_en", _("Texte en anglais"), 20000),
    ),
)
HOURS = Kind(
    code="hours",
    label=_("semaine d’ouverture"),
    plural=_("Semaines d’ouverture"),
    icon="clock",
    fields=(
        Field(
            name="spans",
            label=_("Plages"),
            shape="list",
            most=40,
            fields=(
                Field(
                    name="weekday",
                    label=_("Jour"),
                    shape="choice",
                    choices=(
                        ("0", _("lundi")),
                        ("1", _("mardi")),
                        ("2", _("mercredi")),
                        ("3", _("jeudi")),
                        ("4", _("vendredi")),
                        ("5", _("samedi")),
                        ("6", _("dimanche")),
                    ),
                    start="0",
                ),
                Field(name="start", label=_("Ouvre à"), most=5, is_required=True, start="09:00"),
                Field(name="end", label=_("Ferme à"), most=5, is_required=True, start="12:00"),
                _number("step", _("Un départ toutes les … minutes"), 5, 240, 20),
            ),
        ),
    ),
)
KINDS = {kind.code: kind for kind in (SERVICE, DOCUMENT, HOURS, PACK, MESSAGE, REPLY, PAGE)}
CODES = tuple(KINDS)
