"""What somebody of the association says before she reads in a commune."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, ngettext

from identity.support import REASON_LEAST, ReasonMissing


HOUR = 60
MINUTES = (30, HOUR, 2 * HOUR, 4 * HOUR)


class SupportForm(forms.Form):
    """Why, who asked, for how long."""

    reason = forms.CharField(
        label=gettext_lazy("Raison"),
        help_text=gettext_lazy("Une phrase que la commune lira : ce que vous allez y chercher."),
        min_length=REASON_LEAST,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": ReasonMissing.message,
            "min_length": ReasonMissing.message,
        },
    )
    asked_by = forms.CharField(
        label=gettext_lazy("Demandé par"),
        help_text=gettext_lazy("La personne de la commune, ou le numéro de sa demande."),
        max_length=120,
        error_messages={"required": gettext_lazy("Dites qui l’a demandé.")},
    )
    minutes = forms.TypedChoiceField(
        label=gettext_lazy("Durée"), coerce=int, widget=forms.RadioSelect, initial=HOUR
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(each, duration(each)) for each in MINUTES]
        self.fields["minutes"].choices = offered  # type: ignore[attr-defined]


def duration(minutes: int) -> str:
    """Write a duration that is offered: "30 minutes", "2 heures"."""
    if minutes < HOUR:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = minutes // HOUR
    return ngettext("%(n)s heure", "%(n)s heures", hours) % {"n": hours}
