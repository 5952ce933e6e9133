"""What the holder of a link may say about her report."""

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents import references
from incidents.forms import ContestForm as Contest, PhotosField, PhotosInput


class ContestForm(Contest):
    """Why it is not over, and perhaps a photo that shows it."""

    photos = PhotosField(
        label=_("Une photo de ce qui reste"),
        help_text=_("Pas de visage ni de plaque."),
        required=False,
    )


class AddPhotosForm(forms.Form):
    """More photos of the same thing."""

    photos = PhotosField(
        label=_("Ajouter des photos"),
        help_text=_("Cinq à la fois. Pas de visage ni de plaque."),
        widget=PhotosInput(attrs={"accept": "image/*", "data-send-on-choice": True}),
    )

    def clean_photos(self) -> list[bytes]:
        """Ask for one at least."""
        kept: list[bytes] = self.cleaned_data["photos"]
        if not kept:
            raise forms.ValidationError(_("Choisissez une photo."))
        return kept


class FindForm(forms.Form):
    """Reference and address: together they prove that a report is hers."""

    reference = forms.CharField(
        label=_("Référence"),
        help_text=_("Huit lettres et chiffres, par exemple K7M2 QX4T."),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Écrivez la référence du signalement.")},
    )
    email = forms.EmailField(
        label=_("Courriel"),
        help_text=_("Celui que vous avez donné en signalant."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Donnez l’adresse que vous aviez donnée."),
            "invalid": _("Cette adresse n’est pas complète."),
        },
    )

    def clean_reference(self) -> str:
        """Read it as people write it: in groups, in small letters."""
        typed = references.typed(self.cleaned_data["reference"])
        if len(typed) != references.LENGTH:
            raise forms.ValidationError(_("Une référence a huit lettres et chiffres."))
        return typed
