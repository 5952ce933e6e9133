"""What an administrator says of programs of others."""

from datetime import datetime, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from connect import events, scopes
from connect.models import ApiClient


LIVES = [(30, _("30 jours")), (90, _("3 mois")), (180, _("6 mois")), (365, _("un an"))]


class ClientForm(forms.Form):
    """A program, whom to reach about it, and what its updates of a report are worth."""

    name = forms.CharField(
        label=_("Nom du logiciel ou de l’organisme"),
        max_length=80,
        error_messages={"required": _("Donnez un nom à ce logiciel.")},
    )
    contact = forms.EmailField(
        label=_("Adresse électronique de la personne qui s’en occupe"),
        max_length=254,
        help_text=_("Elle est prévenue avant la fin de ses clés."),
        error_messages={
            "required": _("Indiquez une adresse électronique."),
            "invalid": _("Cette adresse n’est pas complète."),
        },
    )
    role = forms.ChoiceField(
        label=_("Pour les signalements, ce logiciel"),
        choices=ApiClient.Role.choices,
        widget=forms.RadioSelect,
        initial=ApiClient.Role.SOURCE,
        error_messages={
            "required": _("Choisissez une ligne."),
            "invalid_choice": _("Choisissez une ligne de la liste."),
        },
    )


class KeyForm(forms.Form):
    """What a key may do, and for how long."""

    scopes = forms.MultipleChoiceField(
        label=_("Droits de la clé"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Le moins possible : une clé perdue ne fait que ce qui est coché ici."),
        error_messages={
            "required": _("Cochez au moins un droit de la liste."),
            "invalid_choice": _("Cochez au moins un droit de la liste."),
        },
    )
    life = forms.TypedChoiceField(
        label=_("Durée"),
        choices=LIVES,
        coerce=int,
        initial=365,
        error_messages={
            "required": _("Choisissez une durée de la liste."),
            "invalid_choice": _("Choisissez une durée de la liste."),
        },
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (key, f"{str(label)[:1].upper()}{str(label)[1:]} ({key})")
            for key, label in scopes.LABELS.items()
        ]

    def until(self, now: datetime) -> datetime:
        """Return when the key ends."""
        return now + timedelta(days=self.cleaned_data["life"])


class WebhookForm(forms.Form):
    """Which address is told, and of what."""

    name = forms.CharField(
        label=_("Nom"),
        max_length=80,
        help_text=_("Par exemple le logiciel qui reçoit ces avis."),
        error_messages={"required": _("Donnez un nom à cet avis automatique.")},
    )
    url = forms.CharField(
        label=_("Adresse qui reçoit les avis"),
        max_length=500,
        help_text=_("En https://, donnée par l’autre logiciel."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        error_messages={"required": _("Indiquez l’adresse qui reçoit les avis.")},
    )
    events = forms.MultipleChoiceField(
        label=_("Prévenir quand"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Cochez au moins un fait de la liste."),
            "invalid_choice": _("Cochez au moins un fait de la liste."),
        },
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["events"].choices = list(events.CHOICES.items())  # type: ignore[attr-defined]
