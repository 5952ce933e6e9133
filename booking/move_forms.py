"""What an agent types to give another time, or to receive somebody beyond the room."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from booking.checklists import questions
from booking.diary import moment
from booking.forms import DetailsForm
from booking.models import Appointment, Resource, Service
from booking.situations import Channel
from booking.staff_forms import NAME_MOST, SlotField
from booking.words import service_name
from parvis.inputs import DayInput


REASON_MOST = 200
FARTHEST = timedelta(days=400)


def usual_situation(service: Service) -> dict[str, str]:
    """Return the usual answers, which the counter may take for granted."""
    asked = questions(service, {}, channel=Channel.DESK)
    return {question.key: question.answer for question in asked}


class MoveForm(forms.Form):
    """Another time for an appointment; ``version`` is what was on the screen."""

    slot = SlotField(
        label=gettext_lazy("Nouveau créneau"),
        error_messages={"required": gettext_lazy("Choisissez un créneau")},
    )
    day = forms.DateField(
        label=gettext_lazy("Un autre jour"),
        required=False,
        widget=DayInput(),
        error_messages={"invalid": gettext_lazy("Cette date n’existe pas")},
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, starts: Iterable[datetime], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(starts)

    def offer(self, starts: Iterable[datetime]) -> None:
        """Show these starts (local time) as tiles."""
        self.fields["slot"].widget.choices = [
            (start.isoformat(), moment(start)) for start in starts
        ]

    def offer_instead(self, starts: Sequence[datetime], message: str) -> None:
        """Show the nearest starts instead of one that is taken."""
        self.add_error("slot", message)
        self.offer(starts)


class OverbookForm(DetailsForm):
    """Somebody received beyond the room: for what, when, at which counter and why."""

    service = forms.ChoiceField(label=gettext_lazy("Démarche"))
    persons = forms.IntegerField(
        label=gettext_lazy("Personnes"),
        min_value=1,
        error_messages={"required": gettext_lazy("Indiquez le nombre de personnes")},
    )
    counter = forms.ChoiceField(label=gettext_lazy("Guichet"))
    day = forms.DateField(
        label=gettext_lazy("Jour"),
        widget=DayInput(),
        error_messages={
            "required": gettext_lazy("Indiquez le jour"),
            "invalid": gettext_lazy("Cette date n’existe pas"),
        },
    )
    hour = forms.TimeField(
        label=gettext_lazy("Heure"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 300}),
        error_messages={
            "required": gettext_lazy("Indiquez l’heure"),
            "invalid": gettext_lazy("Cette heure n’existe pas"),
        },
    )
    reason = forms.CharField(
        label=gettext_lazy("Raison"),
        help_text=gettext_lazy("Elle reste avec le rendez-vous, pour vos collègues."),
        max_length=REASON_MOST,
        error_messages={
            "required": gettext_lazy("Dites pourquoi cette personne est reçue en plus")
        },
    )
    name = forms.CharField(
        label=gettext_lazy("Nom et prénom"),
        max_length=NAME_MOST,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Saisissez le nom de la personne")},
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("La personne est"),
        choices=[
            (Appointment.Channel.COUNTER, gettext_lazy("au guichet")),
            (Appointment.Channel.PHONE, gettext_lazy("au téléphone")),
        ],
        widget=forms.RadioSelect,
        initial=Appointment.Channel.COUNTER,
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
    field_order = ("service", "persons", "day", "hour", "counter", "reason", "name")

    def __init__(
        self,
        *args: Any,
        services: Sequence[Service],
        counters: Sequence[Resource],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(services[0], *args, **kwargs)
        self.today = today
        self.fields.pop("pre_application", None)
        self.services = {service.slug: service for service in services}
        self.counters = {str(counter.pk): counter for counter in counters}
        self.fields["service"].choices = [  # type: ignore[attr-defined]
            (service.slug, service_name(service)) for service in services
        ]
        self.fields["counter"].choices = [  # type: ignore[attr-defined]
            (key, f"{counter.name} ({counter.site.name})")
            for key, counter in self.counters.items()
        ]

    def clean_service(self) -> Service:
        """Return the chosen service."""
        return self.services[self.cleaned_data["service"]]

    def clean_counter(self) -> Resource:
        """Return the chosen counter."""
        return self.counters[self.cleaned_data["counter"]]

    def clean_day(self) -> date:
        """Refuse days that are over, and those too far away to know how they will be."""
        day: date = self.cleaned_data["day"]
        if day < self.today:
            raise ValidationError(gettext_lazy("Choisissez un jour à venir."))
        if day > self.today + FARTHEST:
            raise ValidationError(gettext_lazy("Choisissez un jour plus proche."))
        return day

    def clean(self) -> dict[str, Any]:
        """Let somebody who is there leave neither e-mail nor telephone."""
        cleaned = self.cleaned_data
        service, persons = cleaned.get("service"), cleaned.get("persons")
        if service and persons and persons > service.most_persons:
            most = {"limit_value": service.most_persons}
            words = gettext_lazy("Au plus %(limit_value)s personnes pour cette démarche")
            self.add_error("persons", words % most)
        return cleaned

    def start(self, zone: ZoneInfo) -> datetime:
        """Return the instant that was typed, in local time on the grid of five minutes."""
        hour: time = self.cleaned_data["hour"]
        on_grid = hour.replace(minute=hour.minute // 5 * 5, second=0, microsecond=0)
        return datetime.combine(self.cleaned_data["day"], on_grid, zone)
