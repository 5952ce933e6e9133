"""The walk of an elected official: photos at once, sorted out line by line later."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _, gettext_lazy

from incidents import pictures
from incidents.forms import PhotosInput
from incidents.models import Category


WALK_MOST = 30


class WalkPhotosField(forms.FileField):
    """Up to thirty photos: gives those that can be kept, and why each other cannot."""

    widget = PhotosInput(attrs={"accept": "image/*"})

    def clean(self, data: Any, initial: Any = None) -> tuple[list[bytes], list[tuple[str, str]]]:
        """Part the photos into those that can be kept and the names of those that cannot."""
        chosen = data or initial or []
        files = chosen if isinstance(chosen, list) else [chosen]
        if not files:
            raise ValidationError(_("Choisissez au moins une photo."))
        if len(files) > WALK_MOST:
            raise ValidationError(
                _("Choisissez %(most)s photos au plus à la fois.") % {"most": WALK_MOST}
            )
        kept, refused = [], []
        for each in files:
            content = each.read()
            try:
                pictures.read_header(content)
            except pictures.Unfit as refusal:
                refused.append((each.name, str(refusal)))
            else:
                kept.append(content)
        return kept, refused


class WalkForm(forms.Form):
    """The photos of one walk, and what most of them are about."""

    photos = WalkPhotosField(
        label=gettext_lazy("Photos de la tournée"),
        help_text=gettext_lazy(
            "Trente au plus. Chacune devient une ligne à trier ; le lieu vient de la photo."
        ),
    )
    category = forms.ModelChoiceField(
        label=gettext_lazy("Catégorie de départ"),
        help_text=gettext_lazy("Vous la changerez ligne par ligne."),
        queryset=Category.objects.none(),
        empty_label=None,
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = offered()  # type: ignore[attr-defined]


class LineForm(forms.Form):
    """One line to sort: what it is, where, and a few words."""

    category = forms.TypedChoiceField(label=gettext_lazy("Catégorie"), coerce=int)
    address = forms.CharField(
        label=gettext_lazy("Adresse"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"list": "addresses", "autocomplete": "off"}),
    )
    text = forms.CharField(label=gettext_lazy("Précisions"), max_length=500, required=False)
    is_later = forms.BooleanField(label=gettext_lazy("Plus tard"), required=False)

    def __init__(
        self, *args: Any, choices: list[tuple[int, str]], is_placed: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = choices  # type: ignore[attr-defined]
        self.is_placed = is_placed

    def clean(self) -> dict[str, Any]:
        """Ask where it is, when the photo does not say."""
        known = super().clean() or {}
        if not self.is_placed and not known.get("address") and not known.get("is_later"):
            self.add_error("address", ValidationError(_("Dites où c’est.")))
        return known


def offered() -> QuerySet[Category]:
    """Return the categories of problems that an agent may choose."""
    return Category.objects.filter(is_active=True, door=Category.Door.REPORT)
