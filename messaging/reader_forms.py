"""The form of what a reader wants."""

from collections.abc import Mapping
from typing import Any

from django import forms

from messaging.kinds import CHOICES, Choice, Kind


class ChoicesForm(forms.Form):
    """One question for each kind of message."""

    def __init__(self, data: Any = None, *, chosen: Mapping[Kind, Choice]) -> None:
        super().__init__(data)
        for kind, choice in chosen.items():
            self.fields[kind.value] = forms.ChoiceField(
                label=kind.label,
                choices=[(each.value, each.label) for each in CHOICES[kind]],
                initial=choice.value,
                widget=forms.RadioSelect,
            )

    def choices(self) -> dict[Kind, Choice]:
        """Give what was chosen; for a valid form."""
        return {Kind(name): Choice(value) for name, value in self.cleaned_data.items()}
