"""What may be asked about one's data, and what a commune may decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from privacy import words
from privacy.models import DataRequest
from privacy.policy import Rule, Unit


DURATIONS = {
    Unit.HOURS: _("Durée, en heures"),
    Unit.DAYS: _("Durée, en jours"),
    Unit.MONTHS: _("Durée, en mois"),
}
AT_ONCE = {"access", "erasure"}
"""What needs nobody: the page does it."""


class AddressForm(forms.Form):
    """The address whose data somebody wants to see."""

    email = forms.EmailField(
        label=_("Votre courriel"),
        help_text=_("Celui que vous avez donné à la mairie."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Donnez votre adresse."),
            "invalid": _("Cette adresse n’est pas complète."),
        },
    )


class RequestForm(forms.Form):
    """What only the town hall can do."""

    kind = forms.ChoiceField(
        label=_("Que demandez-vous ?"),
        choices=[each for each in DataRequest.Kind.choices if each[0] not in AT_ONCE],
        error_messages={"invalid_choice": _("Choisissez dans la liste.")},
    )
    words = forms.CharField(
        label=_("Votre demande"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Écrivez votre demande.")},
    )


class AnswerForm(forms.Form):
    """What the town hall answers."""

    answer = forms.CharField(
        label=_("Réponse"),
        help_text=_("Elle part à l’adresse de la personne."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Écrivez la réponse.")},
    )


class DurationForm(forms.Form):
    """How long the commune keeps something, and why longer than usual."""

    number = forms.IntegerField(label=_("Durée"))
    reason = forms.CharField(
        label=_("Motif"),
        help_text=_("Demandé pour garder plus longtemps que d’habitude. Il figure au registre."),
        max_length=300,
        required=False,
    )

    def __init__(self, rule: Rule, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule
        self.fields["number"].label = DURATIONS[rule.unit]
        self.fields["number"].help_text = _("De %(least)s à %(most)s ; d’habitude %(usual)s.") % {
            "least": words.duration(rule, rule.least),
            "most": words.duration(rule, rule.most),
            "usual": words.duration(rule),
        }

    def clean(self) -> dict[str, Any]:
        """Hold the bounds of the rule; the database holds them too."""
        found: dict[str, Any] = self.cleaned_data
        number = found.get("number")
        if number is None:
            return found
        if not self.rule.least <= number <= self.rule.most:
            self.add_error("number", self.fields["number"].help_text)
        elif number > self.rule.default and not found.get("reason"):
            self.add_error("reason", _("Dites pourquoi la commune garde plus longtemps."))
        return found
