"""What an administrator types about messages."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy

from messaging.budget import text_settings
from messaging.models import OutgoingText
from messaging.numbers import mobile
from parvis.models import Outgoing, OutgoingEmail


BUDGET_MOST = 10_000  # euros a month
MILLS = 1000


class FilterForm(forms.Form):
    """Which messages to show."""

    q = forms.CharField(
        label=gettext_lazy("Destinataire ou objet"), max_length=100, required=False
    )
    etat = forms.ChoiceField(label=gettext_lazy("État"), required=False)

    def __init__(self, states: list[tuple[str, Any]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["etat"].choices = [("", _("Tous")), *states]  # type: ignore[attr-defined]


class EmailAddressForm(forms.Form):
    """Where an e-mail goes instead."""

    to = forms.EmailField(
        label=gettext_lazy("Adresse électronique"),
        max_length=254,
        error_messages={
            "required": gettext_lazy("Indiquez une adresse électronique."),
            "invalid": gettext_lazy("Cette adresse n’est pas complète."),
        },
    )


class NumberForm(forms.Form):
    """Where a text goes instead."""

    to = forms.CharField(
        label=gettext_lazy("Numéro de mobile"),
        max_length=30,
        error_messages={"required": gettext_lazy("Indiquez un numéro de mobile.")},
    )

    def clean_to(self) -> str:
        """Write the number in one way, or refuse it."""
        number = mobile(self.cleaned_data["to"])
        if not number:
            raise ValidationError(
                _("Indiquez un mobile français : les SMS ne vont ni à l’étranger ni à un fixe.")
            )
        return number


def address_form(message: Outgoing, typed: Any = None) -> forms.Form:
    """Make the form that corrects where a message goes; without field where nothing can be."""
    if isinstance(message, OutgoingEmail):
        return EmailAddressForm(typed, initial={"to": message.reader})
    if isinstance(message, OutgoingText):
        return NumberForm(typed, initial={"to": message.reader})
    return forms.Form(typed)


class TextSettingsForm(forms.Form):
    """What the commune decides about text messages."""

    is_on = forms.BooleanField(
        label=gettext_lazy("Envoyer des SMS"),
        help_text=gettext_lazy("À qui laisse un mobile et pas de courriel."),
        required=False,
    )
    reminds = forms.BooleanField(
        label=gettext_lazy("Rappeler deux jours avant"),
        help_text=gettext_lazy("À tous ceux qui ont laissé un mobile, même avec un courriel."),
        required=False,
    )
    sender_name = forms.RegexField(
        label=gettext_lazy("Nom d’expéditeur"),
        regex=r"^[A-Za-z0-9]{3,11}$",
        required=False,
        max_length=11,
        help_text=gettext_lazy(
            "De 3 à 11 lettres ou chiffres, déclarés chez le fournisseur. Vide : un numéro."
        ),
        error_messages={
            "invalid": gettext_lazy("De 3 à 11 lettres sans accent ou chiffres, sans espace.")
        },
    )
    euros = forms.DecimalField(
        label=gettext_lazy("Budget par mois, en euros"),
        min_value=0,
        max_value=BUDGET_MOST,
        max_digits=7,
        decimal_places=2,
        localize=True,
        help_text=gettext_lazy("Au-delà, aucun SMS ne part avant le mois suivant."),
        error_messages={"required": gettext_lazy("Indiquez un montant, même zéro.")},
    )

    def __init__(self, typed: Any = None) -> None:
        known = text_settings()
        initial = {
            "is_on": known.is_on,
            "reminds": known.reminds,
            "sender_name": known.sender_name,
            "euros": Decimal(known.monthly_budget) / MILLS,
        }
        super().__init__(typed, initial=initial)

    @property
    def wish(self) -> dict[str, Any]:
        """What was decided, as the action takes it."""
        said = self.cleaned_data
        return {
            "is_on": said["is_on"],
            "reminds": said["reminds"],
            "sender_name": said["sender_name"],
            "monthly_budget": int(said["euros"] * MILLS),
        }
