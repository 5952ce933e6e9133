"""What an administrator types about hours: an opening of the week, one changed day, a closure."""

from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from booking.models import STEP, Opening, OpeningOverride, Resource, Service
from booking.openings import OpeningRule
from booking.plans import rule_of
from booking.recurrences import weekday_name
from booking.settings_forms import bound
from parvis.inputs import DayInput


STEPS = (5, 10, 15, 20, 30, 40, 45, 60, 90, 120)
RHYTHMS = (
    ("1", gettext_lazy("Toutes les semaines")),
    ("2", gettext_lazy("Une semaine sur deux")),
    ("3", gettext_lazy("Une semaine sur trois")),
    ("4", gettext_lazy("Une semaine sur quatre")),
    ("m1", gettext_lazy("La première fois du mois (le premier mardi…)")),
    ("m2", gettext_lazy("La deuxième fois du mois")),
    ("m3", gettext_lazy("La troisième fois du mois")),
    ("m4", gettext_lazy("La quatrième fois du mois")),
    ("m-1", gettext_lazy("La dernière fois du mois")),
)
EVERY_WEEK = "1"


class TimeInput(forms.TimeInput):
    """The browser's own clock, five minutes by five."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(attrs={"step": STEP * 60}, format="%H:%M")


class OpeningForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """Hours that come back; a new one may be for several days of the week at once."""

    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("Jours"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choisissez au moins un jour.")},
    )
    step_minutes = forms.TypedChoiceField(
        label=gettext_lazy("Un rendez-vous peut commencer toutes les"), coerce=int
    )
    rhythm = forms.ChoiceField(label=gettext_lazy("Revient"), choices=RHYTHMS)

    class Meta:
        model = Opening
        fields = (
            "start_time",
            "end_time",
            "step_minutes",
            "resources",
            "services",
            "valid_from",
            "valid_to",
            "school",
            "quota",
            "release_days",
            "release_time",
            "residents_days",
        )
        labels = {
            "start_time": gettext_lazy("Ouvre à"),
            "end_time": gettext_lazy("Ferme à"),
            "resources": gettext_lazy("Qui reçoit"),
            "services": gettext_lazy("Pour quelles démarches"),
            "valid_to": gettext_lazy("Jusqu’au"),
            "quota": gettext_lazy("Au plus, en ligne, à chaque fois"),
            "release_days": gettext_lazy("Ouvert en ligne combien de jours avant"),
            "release_time": gettext_lazy("À partir de quelle heure ce jour-là"),
            "residents_days": gettext_lazy("Habitants d’abord, jusqu’à combien de jours avant"),
        }
        help_texts = {
            "services": gettext_lazy("Sans choix : toutes les démarches."),
            "quota": gettext_lazy("Le guichet peut toujours en prendre d’autres."),
            "release_days": gettext_lazy("Par exemple 30. Vide : sans attendre."),
            "valid_from": gettext_lazy("Vide : dès maintenant."),
            "valid_to": gettext_lazy("Ce jour compris. Vide : sans fin."),
        }
        widgets = {
            "start_time": TimeInput,
            "end_time": TimeInput,
            "valid_from": DayInput,
            "valid_to": DayInput,
            "release_time": TimeInput,
            "resources": forms.CheckboxSelectMultiple,
            "services": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = [(str(day), weekday_name(day).capitalize()) for day in range(7)]
        if self.instance.pk:
            self.fields["weekdays"] = forms.ChoiceField(label=_("Jour"), choices=days)
            self.initial.update(
                {
                    "weekdays": str(self.instance.weekday),
                    "rhythm": _rhythm_of(self.instance),
                }
            )
        else:
            self.fields["weekdays"].choices = days  # type: ignore[attr-defined]
        steps = sorted({*STEPS, self.instance.step_minutes})
        self.fields["step_minutes"].choices = [  # type: ignore[attr-defined]
            (step, _("%(n)s minutes") % {"n": step}) for step in steps
        ]
        self.fields["resources"].queryset = Resource.objects.filter(active=True)  # type: ignore[attr-defined]
        self.fields["services"].queryset = Service.objects.offered()  # type: ignore[attr-defined]
        for name, most in (("quota", 500), ("release_days", 365), ("residents_days", 365)):
            bound(self.fields[name], least=0, most=most)

    def clean_start_time(self) -> time:
        """Keep to the grid of five minutes."""
        return on_grid(self.cleaned_data["start_time"])

    def clean_end_time(self) -> time:
        """Keep to the grid of five minutes."""
        return on_grid(self.cleaned_data["end_time"])

    def clean(self) -> dict[str, Any]:
        """Check what concerns two answers, and read the rhythm."""
        cleaned = super().clean() or {}
        start, end = cleaned.get("start_time"), cleaned.get("end_time")
        if start and end and start >= end:
            self.add_error("end_time", _("L’heure de fermeture vient après celle d’ouverture."))
        rhythm = cleaned.get("rhythm", EVERY_WEEK)
        self.instance.week_of_month = int(rhythm[1:]) if rhythm.startswith("m") else None
        self.instance.every_weeks = 1 if rhythm.startswith("m") else int(rhythm)
        first, last = cleaned.get("valid_from"), cleaned.get("valid_to")
        if self.instance.every_weeks > 1 and not first and "valid_from" not in self.errors:
            self.add_error(
                "valid_from", _("Indiquez une date : les semaines se comptent à partir d’elle.")
            )
        if first and last and first > last:
            self.add_error("valid_to", _("La fin vient après le début."))
        if cleaned.get("release_time") and cleaned.get("release_days") is None:
            self.add_error("release_days", _("Indiquez aussi combien de jours avant."))
        if self.days:
            self.instance.weekday = self.days[0]
        return cleaned

    @property
    def days(self) -> list[int]:
        """The days of the week that were chosen, 0 being Monday."""
        chosen = self.cleaned_data.get("weekdays") or []
        return sorted(int(day) for day in ([chosen] if isinstance(chosen, str) else chosen))

    @property
    def has_limits(self) -> bool:
        """Whether an option for online booking is set or wrong."""
        names = ("quota", "release_days", "release_time", "residents_days")
        return any(self[name].value() not in {None, ""} or self[name].errors for name in names)

    def rules(self) -> list[OpeningRule]:
        """Return what was typed as rules, one for each day of the week."""
        opening: Opening = self.instance
        rules = []
        for day in self.days:
            opening.weekday = day
            rules.append(
                rule_of(
                    opening,
                    units=(resource.pk for resource in self.cleaned_data["resources"]),
                    services=(service.pk for service in self.cleaned_data["services"]),
                )
            )
        return rules

    def write(self) -> None:
        """Save one opening for each day of the week."""
        opening: Opening = self.instance
        for day in self.days:
            opening.weekday = day
            opening.save()
            opening.resources.set(self.cleaned_data["resources"])
            opening.services.set(self.cleaned_data["services"])
            if len(self.days) > 1:
                opening.pk = None
                opening._state.adding = True  # noqa: SLF001 (Django's way to copy a row)


class OccurrenceForm(forms.Form):
    """One day of an opening: cancelled, or with other hours or other people."""

    what = forms.ChoiceField(
        label=gettext_lazy("Ce jour-là"),
        choices=[
            ("cancel", gettext_lazy("La plage est annulée")),
            ("change", gettext_lazy("Les horaires ou les guichets changent")),
        ],
        widget=forms.RadioSelect,
    )
    start_time = forms.TimeField(label=gettext_lazy("Ouvre à"), widget=TimeInput(), required=False)
    end_time = forms.TimeField(label=gettext_lazy("Ferme à"), widget=TimeInput(), required=False)
    resources = forms.ModelMultipleChoiceField(
        Resource.objects.none(),
        label=gettext_lazy("Qui reçoit"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    reason = forms.CharField(
        label=gettext_lazy("Raison, visible du public"), max_length=120, required=False
    )

    def __init__(self, opening: Opening, day: date, *args: Any, **kwargs: Any) -> None:
        override = opening.overrides.filter(day=day).first()
        is_changed = override is not None and override.start_time is not None
        there = override.resources.all() if override and is_changed else Resource.objects.none()
        kwargs["initial"] = {
            "what": "change" if is_changed else "cancel",
            "start_time": override.start_time if override and is_changed else opening.start_time,
            "end_time": override.end_time if override and is_changed else opening.end_time,
            "resources": list(there) or list(opening.resources.all()),
            "reason": override.reason if override else "",
        }
        super().__init__(*args, **kwargs)
        self.opening, self.day = opening, day
        self.fields["resources"].queryset = Resource.objects.filter(active=True)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for hours and for somebody who receives, unless all is cancelled."""
        cleaned = super().clean() or {}
        if cleaned.get("what") != "change":
            return cleaned
        for name in ("start_time", "end_time"):
            if name not in self.errors and cleaned.get(name) is None:
                self.add_error(name, _("Indiquez une heure."))
            elif cleaned.get(name) and cleaned[name].minute % STEP:
                self.add_error(name, _("Choisissez une heure ronde à cinq minutes près."))
        start, end = cleaned.get("start_time"), cleaned.get("end_time")
        if start and end and start >= end:
            self.add_error("end_time", _("L’heure de fermeture vient après celle d’ouverture."))
        if not cleaned.get("resources"):
            self.add_error("resources", _("Choisissez au moins un guichet ou un agent."))
        return cleaned

    def write(self) -> None:
        """Save the changed day."""
        override, _created = OpeningOverride.objects.get_or_create(
            opening=self.opening, day=self.day
        )
        is_changed = self.cleaned_data["what"] == "change"
        override.start_time = self.cleaned_data["start_time"] if is_changed else None
        override.end_time = self.cleaned_data["end_time"] if is_changed else None
        override.reason = self.cleaned_data["reason"]
        override.save()
        override.resources.set(self.cleaned_data["resources"] if is_changed else [])


def on_grid(at: time) -> time:
    """Refuse an hour that is not a multiple of five minutes.

    Raises:
        ValidationError: it is not.
    """
    if at.minute % STEP or at.second:
        raise forms.ValidationError(_("Choisissez une heure ronde à cinq minutes près."))
    return at


def _rhythm_of(opening: Opening) -> str:
    if opening.week_of_month is not None:
        return f"m{opening.week_of_month}"
    return str(opening.every_weeks)
