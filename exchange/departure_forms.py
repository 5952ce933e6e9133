"""What somebody types to let a commune leave, or to suspend it."""

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _


class LeaveForm(forms.Form):
    """Where citizens go afterwards, and why."""

    new_url = forms.CharField(
        label=_("Nouvelle adresse"),
        max_length=300,
        required=False,
        validators=[
            URLValidator(
                schemes=["https", "http"],
                message=_("Indiquez une adresse complète : « https://rdv.exemple.fr/ »."),
            )
        ],
        help_text=_("Celle où vos habitants prendront rendez-vous. Elle leur sera montrée."),
    )
    reason = forms.CharField(
        label=_("Raison"), max_length=300, required=False, widget=forms.Textarea({"rows": 3})
    )
    name = forms.CharField(
        label=_("Nom de la commune"),
        max_length=100,
        help_text=_("Recopiez le nom de votre commune, pour être sûr."),
        error_messages={"required": _("Recopiez le nom de votre commune.")},
    )

    def __init__(self, commune_name: str, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._commune_name = commune_name

    def clean_name(self) -> str:
        """Compare with the commune's own name."""
        name: str = self.cleaned_data["name"].strip()
        if name.casefold() != self._commune_name.casefold():
            raise forms.ValidationError(_("Ce n’est pas le nom de votre commune."))
        return name


class SuspendForm(forms.Form):
    """Which commune is closed for a time, and why."""

    commune = forms.ChoiceField(
        label=_("Commune"), error_messages={"required": _("Choisissez une commune.")}
    )
    reason = forms.CharField(
        label=_("Raison"),
        max_length=300,
        error_messages={"required": _("Dites pourquoi : l’équipe de la commune le lira.")},
    )

    def __init__(self, communes: list[tuple[str, str]], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["commune"].choices = [("", "—"), *communes]  # type: ignore[attr-defined]
