"""What an administrator decides about numbers to be verified."""

from django import forms
from django.utils.translation import gettext_lazy as _

from coordination.models import Rules


class RulesForm(forms.Form):
    """How long a number may be corrected, and what follows."""

    hours = forms.IntegerField(
        label=_("Délai pour corriger un numéro, en heures"),
        help_text=_("Jamais au-delà de 48 heures avant le rendez-vous."),
        min_value=1,
        max_value=336,
        error_messages={
            "required": _("Indiquez un nombre d’heures."),
            "invalid": _("Indiquez un nombre d’heures en chiffres."),
            "min_value": _("Laissez une heure au moins."),
            "max_value": _("Quatorze jours, soit 336 heures, au plus."),
        },
    )
    then = forms.ChoiceField(
        label=_("À la fin du délai"),
        choices=Rules.Then.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez ce qui se passe à la fin du délai."),
            "invalid_choice": _("Choisissez une des réponses proposées."),
        },
    )
