"""What may be asked of the list of communes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from onboarding.dashboard import Row
from onboarding.stages import Stage
from tenants.directory import normalise


class CommuneFilter(forms.Form):
    """Narrow the list down; nonsense narrows nothing."""

    q = forms.CharField(label=_("Nom ou code INSEE"), required=False, max_length=100)
    stage = forms.ChoiceField(
        label=_("Étape"), required=False, choices=[("", _("Toutes")), *Stage.choices]
    )
    equipped = forms.BooleanField(label=_("Seulement les communes équipées"), required=False)

    def apply(self, rows: list[Row]) -> list[Row]:
        """Keep the rows that answer to every filter; accents and hyphens do not count."""
        asked = self.cleaned_data if self.is_valid() else {}
        words = normalise(asked.get("q", ""))
        return [
            row
            for row in rows
            if (words in normalise(row.commune.name) or words == row.commune.insee_code.lower())
            and (not asked.get("stage") or (row.is_eligible and row.stage == asked["stage"]))
            and (not asked.get("equipped") or row.is_eligible)
        ]


class EquippedFilter(CommuneFilter):
    """The same where every commune is equipped."""

    equipped = None  # type: ignore[assignment]
