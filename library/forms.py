"""What people type: a new template, the fields of a draft by its kind, dates, answers."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _, gettext_lazy
from lucide import IconDoesNotExist

from booking.document_texts import DOCUMENT_TEXTS
from booking.message_previews import EVENTS
from booking.settings_forms import bound
from parvis.templatetags.ui_shapes import svg
from shelf.kinds import KINDS, Field, Kind
from shelf.words import named


STEP = 5
MOST_LENGTHS = 8
RANKED = "__"


class FilterForm(forms.Form):
    """Which templates to list."""

    q = forms.CharField(label=gettext_lazy("Chercher"), max_length=100, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Nature"), required=False)
    archived = forms.BooleanField(label=gettext_lazy("Archivés aussi"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(kind.code, kind.plural) for kind in KINDS.values()]
        self.fields["kind"].choices = [("", _("toutes")), *known]  # type: ignore[attr-defined]


class DescribeForm(forms.Form):
    """How a template is called and how its versions arrive."""

    name = forms.CharField(label=gettext_lazy("Nom dans la bibliothèque"), max_length=150)
    policy = forms.ChoiceField(
        label=gettext_lazy("Comment les versions arrivent dans les communes"),
        choices=[
            (
                "recommended",
                gettext_lazy("Recommandé : ce que la commune n’a pas changé se met à jour"),
            ),
            ("optional", gettext_lazy("Facultatif : tout est seulement proposé")),
            (
                "legal",
                gettext_lazy("Imposé par la loi : remplace le texte de la commune à la date dite"),
            ),
        ],
        widget=forms.RadioSelect,
    )


class NewForm(DescribeForm):
    """A template to begin; a message is known by the event it is sent for."""

    slug = forms.CharField(
        label=gettext_lazy("Adresse"),
        help_text=gettext_lazy("En minuscules, sans espace. Vide : d’après le nom."),
        max_length=60,
        required=False,
    )
    field_order = ("name", "slug", "policy")

    def __init__(self, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind == "message":
            self.fields["slug"] = forms.ChoiceField(
                label=_("Message"), choices=list(EVENTS.items())
            )
            self.order_fields(self.field_order)

    def clean_slug(self) -> str:
        """Make an address of what was typed, or of the name."""
        typed = self.cleaned_data["slug"]
        if typed in EVENTS and isinstance(self.fields["slug"], forms.ChoiceField):
            return str(typed)
        slug = slugify(typed or self.cleaned_data.get("name", ""))[:60].strip("-")
        if not slug:
            raise forms.ValidationError(_("Indiquez une adresse, par exemple « titre-sejour »."))
        return str(slug)


class PayloadForm(forms.Form):
    """The fields of a payload, drawn from the schema of its kind.

    A keyed list without fields of its own is asked for by rank; the others have pages.
    """

    def __init__(
        self,
        fields: tuple[Field, ...],
        payload: Mapping[str, Any],
        *args: Any,
        choices: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.schema, self.choices = fields, dict(choices or {})
        for each in fields:
            found = payload.get(each.name, each.start)
            if each.shape == "list":
                self._ask_ranks(each, found or [])
            else:
                self.fields[each.name] = _asked(each)
                self.initial[each.name] = (
                    ", ".join(map(str, found)) if each.shape == "lengths" else found
                )

    def _ask_ranks(self, each: Field, items: list[dict[str, Any]]) -> None:
        if each.fields:
            return
        chosen = [item["key"] for item in items]
        for key in [*chosen, *(key for key in self.choices if key not in chosen)]:
            name = f"{each.name}{RANKED}{key}"
            label = self.choices.get(key) or named(key)
            self.fields[name] = forms.IntegerField(label=label, required=False)
            bound(self.fields[name], least=1, most=99)
            if key in chosen:
                self.initial[name] = chosen.index(key) + 1

    @property
    def plain(self) -> list[forms.BoundField]:
        """The fields that are no rank."""
        return [self[name] for name in self.fields if RANKED not in name]

    @property
    def ranks(self) -> list[forms.BoundField]:
        """The ranks of what is listed already."""
        return [self[name] for name in self._ranked() if name in self.initial or self[name].errors]

    @property
    def other_ranks(self) -> list[forms.BoundField]:
        """The ranks of what is not listed."""
        return [
            self[name]
            for name in self._ranked()
            if name not in self.initial and not self[name].errors
        ]

    def _ranked(self) -> list[str]:
        return [name for name in self.fields if RANKED in name]

    def clean(self) -> dict[str, Any]:
        """Check what concerns several fields."""
        cleaned = super().clean() or {}
        if "icon" in cleaned and not _is_drawn(cleaned["icon"]):
            self.add_error("icon", _("Aucune icône Lucide ne porte ce nom."))
        if cleaned.get("door") == "redirect" and not cleaned.get("redirect_text"):
            self.add_error("redirect_text", _("Dites à qui s’adresser."))
        for name in ("start", "end"):
            if name in cleaned and not _on_grid(cleaned[name]):
                self.add_error(name, _("Une heure à cinq minutes près, par exemple 09:30."))
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and start >= end:
            self.add_error("end", _("L’heure de fermeture vient après celle d’ouverture."))
        if cleaned.get("step") and cleaned["step"] % STEP:
            self.add_error("step", _("Un multiple de 5 minutes."))
        return cleaned

    def payload(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """Return the payload as typed; what has pages of its own stays as it was."""
        changed = dict(before)
        for each in self.schema:
            if each.shape != "list":
                changed[each.name] = self.cleaned_data[each.name]
            elif not each.fields:
                changed[each.name] = self._ranked_items(each, before.get(each.name) or [])
        return changed

    def _ranked_items(self, each: Field, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        known = {item["key"]: item for item in items}
        ranks = {
            name.partition(RANKED)[2]: self.cleaned_data[name]
            for name in self._ranked()
            if name.startswith(f"{each.name}{RANKED}") and self.cleaned_data[name] is not None
        }
        order = sorted(ranks, key=lambda key: ranks[key])
        return [known.get(key, {"key": key}) for key in order]


class ChangelogForm(forms.Form):
    """What changes, as communes will read it."""

    changelog = forms.CharField(
        label=gettext_lazy("Ce qui change, pour les communes"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
    )
    changelog_en = forms.CharField(
        label=gettext_lazy("Ce qui change, en anglais"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
    )


class PublishForm(forms.Form):
    """When a version comes into force."""

    effective_on = forms.DateField(
        label=gettext_lazy("En vigueur le"),
        help_text=gettext_lazy("Vide : tout de suite. Une date à venir se prépare à l’avance."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )

    def __init__(self, today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_effective_on(self) -> date | None:
        """Refuse a day that is over."""
        day: date | None = self.cleaned_data["effective_on"]
        if day is not None and day < self.today:
            raise forms.ValidationError(_("Choisissez aujourd’hui ou un jour à venir."))
        return day


class AnswerForm(forms.Form):
    """What is answered to a commune that suggests something."""

    answer = forms.CharField(
        label=gettext_lazy("Votre réponse à la commune"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
    )


class SuggestForm(forms.Form):
    """Why a commune would like the library to say it otherwise."""

    words = forms.CharField(
        label=gettext_lazy("Pourquoi ce texte serait utile à toutes les communes"),
        help_text=gettext_lazy("N’écrivez aucune donnée personnelle."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
    )


def documents_of(templates: Mapping[str, str]) -> dict[str, str]:
    """List the documents a service may ask for: those of the rules, then of the library."""
    return {key: str(text.title) for key, text in DOCUMENT_TEXTS.items()} | dict(templates)


def key_for(kind: Kind, name: str, cleaned: Mapping[str, Any], known: set[str]) -> str:
    """Make the key of a new item, that no other item of the list has."""
    said = cleaned.get("name") or f"{cleaned.get('weekday', '')}-{cleaned.get('start', '')}"
    base = slugify(str(said).replace(":", ""))[:34].strip("-") or f"{kind.code}-{name}"
    key, number = base, 2
    while key in known:
        key, number = f"{base}-{number}", number + 1
    return key


def edited_field(kind: Kind, path: str) -> forms.Field | None:
    """Return the field in which somebody may write anew what is proposed; None if not in words."""
    found = kind.field_at(path)
    return _asked(found) if found is not None and found.shape in {"line", "long"} else None


class RewriteForm(forms.Form):
    """Words that are neither the library's nor the commune's as they stand."""

    def __init__(self, field: forms.Field, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"] = field


def _asked(each: Field) -> forms.Field:
    if each.shape == "switch":
        return forms.BooleanField(label=str(each.label), required=False)
    if each.shape == "choice":
        return forms.ChoiceField(label=str(each.label), choices=each.choices, required=False)
    if each.shape == "number":
        field: forms.Field = forms.IntegerField(label=str(each.label))
        bound(field, least=each.least, most=each.most)
        return field
    if each.shape == "lengths":
        return _Lengths(label=str(each.label), help_text=_("Par exemple : 20, 30, 40"))
    widget = forms.Textarea(attrs={"rows": 4}) if each.shape == "long" else forms.TextInput()
    return _Words(
        label=str(each.label), max_length=each.most, required=each.is_required, widget=widget
    )


class _Words(forms.CharField):
    """Words, with lines that end as everywhere but in browsers."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class _Lengths(forms.CharField):
    """Minutes for 1, 2, 3… persons, parted by commas."""

    def clean(self, value: Any) -> list[int]:
        typed = super().clean(value)
        words = typed.replace(";", ",").split(",")
        if not all(word.strip().isdecimal() and len(word.strip()) <= len("480") for word in words):
            raise forms.ValidationError(_("Écrivez des minutes séparées par des virgules."))
        lengths = [int(word) for word in words]
        if len(lengths) > MOST_LENGTHS or any(
            each % STEP or not STEP <= each <= 480  # noqa: PLR2004 (a working day)
            for each in lengths
        ):
            raise forms.ValidationError(
                _("Huit durées au plus, de 5 à 480 minutes, par multiples de 5.")
            )
        return lengths


def _is_drawn(name: str) -> bool:
    try:
        svg(name)
    except IconDoesNotExist:
        return False
    return True


def _on_grid(typed: str) -> bool:
    try:
        return len(typed) == len("09:30") and time.fromisoformat(typed).minute % STEP == 0
    except ValueError:
        return False
