"""What is said of a short address, and of a link to prepare."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from website.words import MOST


class WordForm(forms.Form):
    """The word of a service."""

    word = forms.CharField(
        label=gettext_lazy("Mot de l’adresse courte"),
        max_length=80,
        help_text=gettext_lazy(
            "Quarante lettres ou chiffres au plus. Accents et espaces sont remplacés. "
            "L’ancienne adresse continue de mener à la démarche."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        error_messages={"required": gettext_lazy("Écrivez le mot de l’adresse courte.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["word"].widget.attrs["maxlength"] = MOST


class PosterForm(forms.Form):
    """The paper and the language of a poster."""

    taille = forms.ChoiceField(choices=[("a4", "A4"), ("a5", "A5")], required=False)
    langue = forms.ChoiceField(choices=[("fr", "fr"), ("en", "en")], required=False)

    @property
    def wish(self) -> tuple[Any, str]:
        """Size and language; A4 in French where nothing better is said."""
        said = self.cleaned_data if self.is_valid() else {}
        return said.get("taille") or "a4", said.get("langue") or "fr"


class ServiceChoice(forms.Form):
    """The service that a prepared link is for."""

    motif = forms.ChoiceField(label=gettext_lazy("Motif"), required=False)

    def __init__(self, services: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["motif"].choices = [("", _("Choisissez")), *services]  # type: ignore[attr-defined]
