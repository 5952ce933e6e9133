"""What is written down about a visit: when, how long, with what, for how much, for what."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy

from incidents.interventions import Work
from incidents.models import Intervention, Report, Team
from incidents.references import typed
from parvis.inputs import DayInput


EUROS_MOST = Decimal(1_000_000)
REPORTS_MOST = 30


class InterventionForm(forms.Form):
    """One visit, for one report or several."""

    done_on = forms.DateField(
        label=gettext_lazy("Le"),
        widget=DayInput(),
        error_messages={"required": gettext_lazy("Dites quel jour.")},
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Temps passé, en minutes"),
        min_value=0,
        max_value=99_999,
        required=False,
    )
    material = forms.CharField(label=gettext_lazy("Matériel"), max_length=300, required=False)
    euros = forms.DecimalField(
        label=gettext_lazy("Coût, en euros"),
        min_value=Decimal(0),
        max_value=EUROS_MOST,
        max_digits=9,
        decimal_places=2,
        localize=True,
        required=False,
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    team = forms.ModelChoiceField(
        label=gettext_lazy("Équipe"), queryset=Team.objects.none(), required=False, empty_label="–"
    )
    references = forms.CharField(
        label=gettext_lazy("Aussi pour ces signalements"),
        help_text=gettext_lazy("Leurs références, séparées par des virgules."),
        max_length=400,
        required=False,
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, report: Report, *args: Any, made: Intervention | None = None, **kwargs: Any
    ) -> None:
        kwargs["initial"] = _known(report, made) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.report = report
        self.fields["team"].queryset = Team.objects.filter(is_active=True)  # type: ignore[attr-defined]

    def clean_references(self) -> list[Report]:
        """Find the other reports that the visit was for."""
        words = self.cleaned_data["references"].replace(";", ",").split(",")
        wanted = [reference for each in words if (reference := typed(each))]
        found = {each.reference: each for each in Report.objects.filter(reference__in=wanted)}
        missing = [word for word in wanted if word not in found]
        if missing or len(wanted) > REPORTS_MOST:
            raise ValidationError(
                _("Aucun signalement n’a cette référence : %(words)s.")
                % {"words": ", ".join(missing) or "…"}
            )
        return [each for each in found.values() if each.pk != self.report.pk]

    def clean(self) -> dict[str, Any]:
        """A visit took something."""
        known = super().clean() or {}
        if not self.errors and self.work.is_empty:
            raise ValidationError(_("Notez au moins le temps, le matériel, le coût ou un mot."))
        return known

    @property
    def work(self) -> Work:
        """What the visit took."""
        known = self.cleaned_data
        return Work(
            done_on=known["done_on"],
            minutes=known["minutes"] or 0,
            material=known["material"],
            cost_cents=int((known["euros"] or 0) * 100),
            note=known["note"],
            team=known["team"],
        )

    @property
    def reports(self) -> list[Report]:
        """The reports that the visit was for."""
        return [self.report, *self.cleaned_data["references"]]


def _known(report: Report, made: Intervention | None) -> dict[str, Any]:
    if made is None:
        return {"key": uuid4(), "team": report.team_id}
    others = [each.reference for each in made.reports.all() if each.pk != report.pk]
    return {
        "done_on": made.done_on,
        "minutes": made.minutes or None,
        "material": made.material,
        "euros": Decimal(made.cost_cents).scaleb(-2) if made.cost_cents else None,
        "note": made.note,
        "team": made.team_id,
        "references": ", ".join(others),
        "key": made.key or uuid4(),
    }
