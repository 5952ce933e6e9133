"""What a citizen may say about a place, and what is asked of her."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext as _, gettext_lazy

from incidents import pictures
from incidents.geo import Place
from incidents.models import Category
from incidents.models.reports import REASON_WORDS
from incidents.workflow import REASONS, Status


PHOTOS_MOST = 5
TEXT_MOST = 2000


class PhotosInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Up to five photos; those that cannot be kept are listed in ``refused``, with the reason."""

    widget = PhotosInput(attrs={"accept": "image/*"})

    def clean(self, data: Any, initial: Any = None) -> list[bytes]:
        """Return the content of the photos that can be kept."""
        files = data if isinstance(data, list) else [data] if data else []
        if len(files) > PHOTOS_MOST:
            raise ValidationError(_("Choisissez cinq photos au plus."))
        kept = []
        for each in files:
            content = super().clean(each, initial).read()
            try:
                pictures.read_header(content)
            except pictures.Unfit as refusal:
                raise ValidationError(str(refusal)) from refusal
            kept.append(content)
        return kept


class ReportForm(forms.Form):
    """One screen: what, where, and how to be told; a photo says the rest."""

    photos = PhotosField(
        label=gettext_lazy("Photos"),
        help_text=gettext_lazy("Cinq au plus. Pas de visage ni de plaque."),
        required=False,
    )
    category = forms.ChoiceField(
        label=gettext_lazy("De quoi s’agit-il ?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choisissez ce dont il s’agit.")},
    )
    address = forms.CharField(
        label=gettext_lazy("Où ?"),
        help_text=gettext_lazy("Une adresse ou un repère : « devant l’école »."),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    text = forms.CharField(
        label=gettext_lazy("Précisions"),
        max_length=TEXT_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Courriel pour suivre"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Téléphone"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, door: str, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"key": uuid4()})
        super().__init__(*args, **kwargs)
        self.door = door
        doors = [door, Category.Door.REDIRECT] if door == Category.Door.REPORT else [door]
        offered = Category.objects.filter(is_active=True, is_staff_only=False, door__in=doors)
        self.offered = {each.code: each for each in offered}
        is_english = get_language() == "en"
        self.fields["category"].choices = [  # type: ignore[attr-defined]
            (code, (is_english and each.name_en) or each.name)
            for code, each in self.offered.items()
        ]
        is_placed = self.is_bound and self.data.get("lat") and self.data.get("lon")
        where = self.fields["address"]
        where.required = door == Category.Door.REPORT and not is_placed
        where.error_messages["required"] = _("Dites où c’est : une adresse ou un repère.")
        if len(self.offered) == 1 and not self.is_bound:
            self.initial["category"] = next(iter(self.offered))

    @property
    def icons(self) -> dict[str, str]:
        """Name the icon of each category."""
        return {code: each.icon for code, each in self.offered.items()}

    @property
    def chosen(self) -> Category | None:
        """Return the category chosen, if any."""
        return self.offered.get(self.cleaned_data.get("category", ""))

    @property
    def place(self) -> Place | None:
        """Return where the device is, if it said so."""
        lat, lon = self.cleaned_data.get("lat"), self.cleaned_data.get("lon")
        return Place(lat, lon) if lat is not None and lon is not None else None

    def clean_category(self) -> str:
        """Ask for no place where nothing is created."""
        code = str(self.cleaned_data["category"])
        if self.offered[code].door == Category.Door.REDIRECT:
            self.fields["address"].required = False
        return code

    def clean(self) -> dict[str, Any]:
        """Ask for words where there is no place."""
        known = super().clean() or {}
        chosen = self.chosen
        if chosen is None or chosen.door == Category.Door.REDIRECT:
            return known
        if self.door != Category.Door.REPORT and not known.get("text"):
            self.add_error("text", ValidationError(_("Écrivez quelques mots.")))
        return known


class WordsForm(forms.Form):
    """Some words, and perhaps a photo."""

    text = forms.CharField(
        label=gettext_lazy("Votre message"),
        max_length=TEXT_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Écrivez quelques mots.")},
    )


class ContestForm(forms.Form):
    """Why it is not over."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Qu’est-ce qui ne va pas ?"),
        widget=forms.RadioSelect,
        choices=[(str(each), REASON_WORDS[each]) for each in REASONS[Status.REOPENED]],
        error_messages={"required": gettext_lazy("Choisissez une raison.")},
    )
    text = forms.CharField(
        label=gettext_lazy("Précisions"),
        max_length=TEXT_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
