"""What is typed about material, and from the help of a screen."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy

from parvis.errors import DomainError
from training.forms import capital
from training.models import Material
from training.resources import Words, kind_of
from training.screens import SCREENS
from training.words import Learner, Topic


TEXT_MOST = 20_000


class MaterialForm(forms.Form):
    """Something to read, watch or keep."""

    kind = forms.ChoiceField(label=gettext_lazy("Nature"), choices=capital(Material.Kind.choices))
    title = forms.CharField(label=gettext_lazy("Titre"), max_length=120)
    summary = forms.CharField(label=gettext_lazy("En une phrase"), max_length=200, required=False)
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Pour qui"),
        choices=capital(Learner.choices),
        widget=forms.CheckboxSelectMultiple,
    )
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("Sujets"), choices=Topic.choices, widget=forms.CheckboxSelectMultiple
    )
    screens = forms.MultipleChoiceField(
        label=gettext_lazy("Écrans où elle aide"),
        choices=[(code, name) for code, (name, _day) in SCREENS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Durée en minutes"), min_value=1, max_value=240
    )
    text = forms.CharField(
        label=gettext_lazy("Texte"),
        max_length=TEXT_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=gettext_lazy(
            "Une ligne vide sépare les paragraphes ; « # » commence un titre, « - » un élément"
            " de liste."
        ),
    )
    file = forms.FileField(
        label=gettext_lazy("Fichier"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("PDF, PNG, JPEG ou MP4, 20 Mo au plus."),
    )
    transcript = forms.CharField(
        label=gettext_lazy("Transcription"),
        max_length=TEXT_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Obligatoire pour une vidéo : tout le monde ne l’entend pas."),
    )
    is_published = forms.BooleanField(
        label=gettext_lazy("Montrer aux communes"), required=False, initial=True
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, material: Material | None = None
    ) -> None:
        names = [name for name in self.base_fields if name != "file"]
        known = {name: getattr(material, name) for name in names} if material else {}
        super().__init__(data, files, initial=known)
        self.has_file = bool(material and material.file)

    def clean_file(self) -> Any:
        """Refuse what is not what it says."""
        upload = self.cleaned_data["file"]
        if upload:
            try:
                kind_of(upload)
            except DomainError as refusal:
                raise ValidationError(str(refusal)) from refusal
        return upload

    def clean(self) -> dict[str, Any]:
        """Ask for words, and for those of a video."""
        known = super().clean() or {}
        if known.get("kind") == Material.Kind.VIDEO and not known.get("transcript"):
            self.add_error("transcript", _("Écrivez ce que dit la vidéo."))
        has_file = self.has_file or known.get("file") or "file" in self.errors
        if not has_file and not known.get("text") and "text" not in self.errors:
            self.add_error("text", _("Écrivez un texte ou joignez un fichier."))
        return known

    def words(self) -> Words:
        """Return what was typed."""
        typed = self.cleaned_data
        return Words(**{name: typed[name] for name in Words.__slots__})


class QuestionForm(forms.Form):
    """A question to the referent, or an idea."""

    ecran = forms.CharField(widget=forms.HiddenInput, max_length=60, required=False)
    text = forms.CharField(
        label=gettext_lazy("Votre question"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class IdeaForm(forms.Form):
    """What should be better on a screen."""

    ecran = forms.CharField(widget=forms.HiddenInput, max_length=60, required=False)
    title = forms.CharField(label=gettext_lazy("En une phrase"), max_length=100)
    body = forms.CharField(
        label=gettext_lazy("Expliquez"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class MaterialFilter(forms.Form):
    """Which material is listed."""

    role = forms.ChoiceField(
        label=gettext_lazy("Pour qui"),
        choices=[("", gettext_lazy("tout le monde")), *Learner.choices],
        required=False,
    )
    sujet = forms.ChoiceField(
        label=gettext_lazy("Sujet"),
        choices=[("", gettext_lazy("tous")), *Topic.choices],
        required=False,
    )
