"""What a round is asked: for whom, when, from where, and which reports."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy

from incidents.bulk_forms import ManyForm
from incidents.forms import AfterPhotoField
from incidents.geo import placed
from incidents.models import Report, Round, Stop, Team
from incidents.models.reports import REASON_WORDS
from incidents.offered import Offered
from incidents.partner_forms import DONE_REASONS
from incidents.workflow import Reason
from parvis.inputs import DayInput


TOWN_HALL, DEPOT, ANYWHERE = "mairie", "depot", "premier"
MINUTES_MOST = 24 * 60


class ReportsField(forms.MultipleChoiceField):
    """Some of the reports that a page offers; it becomes the reports themselves."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {
        "required": gettext_lazy("Choisissez au moins un signalement."),
        "invalid_choice": gettext_lazy("Un des signalements choisis n’est plus proposé."),
        "invalid_list": gettext_lazy("Choisissez au moins un signalement."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=gettext_lazy("Signalements"), **kwargs)
        self.offered: dict[str, Report] = {}

    def offer(self, reports: Sequence[Report]) -> None:
        """Say among which reports to choose."""
        self.offered = {each.reference: each for each in reports}
        self.choices = [(reference, _worded(each)) for reference, each in self.offered.items()]

    def clean(self, value: Any) -> list[Report]:
        """Return the reports chosen, in the order in which they were offered."""
        chosen = set(super().clean(value))
        return [each for reference, each in self.offered.items() if reference in chosen]


def _worded(report: Report) -> str:
    return ", ".join(filter(None, [report.category.name, report.address, report.reference]))


class ChooseForm(forms.Form):
    """The reports to add to a round."""

    reports = ReportsField()

    def __init__(self, *args: Any, offered: Sequence[Report], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reports"].offer(offered)  # type: ignore[attr-defined]


class RoundForm(ChooseForm):
    """A new round."""

    title = forms.CharField(
        label=gettext_lazy("Titre"),
        max_length=80,
        error_messages={"required": gettext_lazy("Donnez un titre à la tournée.")},
    )
    day = forms.DateField(
        label=gettext_lazy("Jour"),
        widget=DayInput(),
        error_messages={"required": gettext_lazy("Choisissez un jour.")},
    )
    team = forms.ModelChoiceField(
        label=gettext_lazy("Équipe"), queryset=Team.objects.none(), required=False, empty_label="–"
    )
    start = forms.ChoiceField(
        label=gettext_lazy("Départ"),
        widget=forms.RadioSelect,
        choices=[
            (TOWN_HALL, gettext_lazy("la mairie")),
            (DEPOT, gettext_lazy("le dépôt de l’équipe")),
            (ANYWHERE, gettext_lazy("le premier arrêt")),
        ],
    )
    depot_lat = forms.FloatField(
        label=gettext_lazy("Latitude du dépôt"), required=False, min_value=-90, max_value=90
    )
    depot_lon = forms.FloatField(
        label=gettext_lazy("Longitude du dépôt"), required=False, min_value=-180, max_value=180
    )
    field_order = ("title", "day", "team", "start", "depot_lat", "depot_lon", "reports")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.filter(is_active=True)  # type: ignore[attr-defined]

    def clean_day(self) -> Any:
        """A day has a year that calendars know."""
        day = self.cleaned_data["day"]
        if not 2000 <= day.year <= 2100:  # noqa: PLR2004
            raise ValidationError(_("Choisissez un jour plus proche."))
        return day

    def clean(self) -> dict[str, Any]:
        """Find where the team leaves from: typed now, or known of it."""
        known = super().clean() or {}
        known["depot"] = placed(known.get("depot_lat"), known.get("depot_lon"))
        if known.get("start") != DEPOT or "team" not in known:
            return known
        team: Team | None = known["team"]
        if team is None:
            self.add_error("team", ValidationError(_("Dites de quelle équipe est le dépôt.")))
        elif known["depot"] is None and team.depot_lat is None:
            words = _("Donnez la latitude et la longitude du dépôt : elles seront gardées.")
            self.add_error("depot_lat", ValidationError(words))
        return known


class RoundManyForm(ManyForm):
    """In which round the reports that were ticked go: one that is open, or a new one."""

    round = forms.ModelChoiceField(
        label=gettext_lazy("Tournée"),
        queryset=Round.objects.none(),
        required=False,
        empty_label=gettext_lazy("une nouvelle tournée"),
    )
    title = forms.CharField(
        label=gettext_lazy("Titre de la nouvelle tournée"), max_length=80, required=False
    )
    day = forms.DateField(
        label=gettext_lazy("Jour"),
        required=False,
        widget=DayInput(),
    )

    def __init__(self, data: Any = None, *, reports: list[Report], known: Offered) -> None:
        super().__init__(data, reports=reports, known=known)
        self.fields["round"].queryset = Round.objects.filter(closed_at=None)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A new round has a title and a day."""
        known = super().clean() or {}
        if known.get("round") is None and "round" not in self.errors:
            if not known.get("title"):
                self.add_error("title", ValidationError(_("Donnez un titre à la tournée.")))
            if not known.get("day") and "day" not in self.errors:
                self.add_error("day", ValidationError(_("Choisissez un jour.")))
        return known


class StopForm(forms.Form):
    """What became of a stop; which of the fields count depends on the button."""

    outcome = forms.ChoiceField(
        choices=Stop.Outcome.choices,
        widget=forms.HiddenInput,
        error_messages={"required": gettext_lazy("Dites ce qu’il en est.")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        label=gettext_lazy("Qu’avez-vous fait ?"),
        choices=[(str(each), REASON_WORDS[each]) for each in DONE_REASONS],
        required=False,
    )
    picture = AfterPhotoField(label=gettext_lazy("Photo"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Un mot pour la mairie"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Temps passé, en minutes"),
        min_value=0,
        max_value=MINUTES_MOST,
        required=False,
    )
    material = forms.CharField(label=gettext_lazy("Matériel"), max_length=300, required=False)

    def __init__(
        self, *args: Any, outcome: str = "", needs_photo: bool = False, **kwargs: Any
    ) -> None:
        kwargs.setdefault(
            "initial", {"outcome": outcome, "key": uuid4(), "reason": Reason.REPAIRED}
        )
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = outcome == Stop.Outcome.DONE
        if needs_photo and outcome == Stop.Outcome.DONE:
            self.fields["picture"].widget.attrs["required"] = True
            self.fields["picture"].label = _("Photo après travaux (demandée)")

    def clean(self) -> dict[str, Any]:
        """A number that is not given is none."""
        known = super().clean() or {}
        known["minutes"] = known.get("minutes") or 0
        if known.get("outcome") == Stop.Outcome.LATER and not known.get("note"):
            self.add_error("note", ValidationError(_("Dites ce qu’il reste à faire.")))
        return known
