"""What an administrator types to close the town hall, a site or a counter."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _, gettext_lazy

from booking.models import Closure, Resource, Site
from booking.settings_hours_forms import TimeInput
from parvis.inputs import DayInput


EVERYWHERE = "all"
LONGEST = 400  # days
ONE_DAY = timedelta(days=1)


class ClosureForm(forms.Form):
    """Where, from when to when, and what the public reads."""

    where = forms.ChoiceField(label=gettext_lazy("Ce qui ferme"))
    first = forms.DateField(label=gettext_lazy("Du"), widget=DayInput())
    last = forms.DateField(
        label=gettext_lazy("Au"),
        widget=DayInput(),
        required=False,
        help_text=gettext_lazy("Ce jour compris. Vide : un seul jour."),
    )
    start_time = forms.TimeField(
        label=gettext_lazy("À partir de"),
        widget=TimeInput(),
        required=False,
        help_text=gettext_lazy("Vide : toute la journée."),
    )
    end_time = forms.TimeField(label=gettext_lazy("Jusqu’à"), widget=TimeInput(), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Raison, visible du public"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Par exemple : pont de l’Ascension, formation, travaux."),
    )

    def __init__(self, zone: ZoneInfo, today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone, self.today = zone, today
        self.sites = {f"site-{site.pk}": site for site in Site.objects.order_by("pk")}
        self.resources = {
            f"resource-{each.pk}": each
            for each in Resource.objects.filter(active=True).select_related("site")
        }
        places = [(key, each.name) for key, each in self.sites.items()]
        self.fields["where"].choices = [  # type: ignore[attr-defined]
            (EVERYWHERE, _("Toute la mairie")),
            *(places if len(places) > 1 else []),
            *((key, f"{each.name} ({each.site.name})") for key, each in self.resources.items()),
        ]

    def clean(self) -> dict[str, Any]:
        """Check that it ends after it begins, and within about a year."""
        cleaned = super().clean() or {}
        first, start, end = (cleaned.get(name) for name in ("first", "start_time", "end_time"))
        if not first:
            return cleaned
        last = cleaned["last"] = cleaned.get("last") or first
        if last < first:
            self.add_error("last", _("La fin vient après le début."))
        elif (last - first).days > LONGEST or abs((first - self.today).days) > 2 * LONGEST:
            self.add_error("last", _("Une fermeture dure un an au plus."))
        if first == last and start and end and start >= end:
            self.add_error("end_time", _("L’heure de fin vient après celle de début."))
        return cleaned

    @property
    def period(self) -> tuple[datetime, datetime]:
        """The closed time, from its first instant to the first after it."""
        given = self.cleaned_data
        start = datetime.combine(given["first"], given["start_time"] or time.min, self.zone)
        if given["end_time"]:
            return start, datetime.combine(given["last"], given["end_time"], self.zone)
        return start, datetime.combine(given["last"] + ONE_DAY, time.min, self.zone)

    @property
    def stamp(self) -> str:
        """What closes and when, in one word: a confirmation of something else is none."""
        start, end = self.period
        return f"{self.cleaned_data['where']} {start.isoformat()} {end.isoformat()}"

    @property
    def site(self) -> Site | None:
        """The site that closes, when it is one."""
        return self.sites.get(self.cleaned_data["where"])

    @property
    def resource(self) -> Resource | None:
        """The counter, station, agent or room that closes, when it is one."""
        return self.resources.get(self.cleaned_data["where"])

    def write(self) -> None:
        """Save the closure."""
        Closure.objects.create(
            period=DateTimeTZRange(*self.period),
            site=self.site,
            resource=self.resource,
            reason=self.cleaned_data["reason"],
        )
