"""What the journal is asked; the answers are its address."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from audit.models import Entry
from journal import words
from parvis.inputs import DayInput


EVERY = ("", _("Tout"))


class FilterForm(forms.Form):
    """Sent by GET; what cannot be read is ignored, and said."""

    use_required_attribute = False
    qui = forms.CharField(label=_("Qui"), max_length=80, required=False)
    jour = forms.DateField(label=_("Jour"), required=False, widget=DayInput())
    nature = forms.ChoiceField(
        label=_("Nature"), required=False, choices=[EVERY, *Entry.Kind.choices]
    )
    objet = forms.ChoiceField(label=_("Objet"), required=False)
    avant = forms.IntegerField(
        required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = sorted(
            ((table, words.table_name(table)) for table in words.NOUNS), key=lambda each: each[1]
        )
        self.fields["objet"].choices = [EVERY, *named]  # type: ignore[attr-defined]

    @property
    def is_filtered(self) -> bool:
        """Whether something was asked for."""
        return any(self.data.get(name) for name in ("qui", "jour", "nature", "objet"))
