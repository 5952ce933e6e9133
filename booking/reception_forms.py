"""What is typed at the reception: who arrives, who comes without appointment, what comes next."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from booking.diary import moment
from booking.models import Service, Site
from booking.staff_forms import NAME_MOST, NOTE_MOST, SlotField
from booking.words import service_name


class NextVisitForm(forms.Form):
    """When the citizen brings what is missing: one of three short times, or she will call."""

    start = SlotField(
        label=gettext_lazy("Rendez-vous court pour compléter"),
        required=False,
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, starts: Iterable[datetime], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"key": uuid4(), "start": ""}
        self.offer(starts)

    def offer(self, starts: Iterable[datetime]) -> None:
        """Show these starts (local time) as tiles, and the way without any."""
        self.fields["start"].widget.choices = [
            *((start.isoformat(), moment(start)) for start in starts),
            ("", _("La personne rappellera")),
        ]

    def offer_instead(self, starts: Sequence[datetime], message: str) -> None:
        """Show the nearest starts instead of one that is taken."""
        self.add_error("start", message)
        self.offer(starts)


class WalkInForm(forms.Form):
    """What somebody without appointment comes for; her name if she likes."""

    service = forms.ChoiceField(
        label=gettext_lazy("Démarche"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choisissez une démarche"),
            "invalid_choice": gettext_lazy("Choisissez une démarche de la liste"),
        },
    )
    name = forms.CharField(
        label=gettext_lazy("Nom et prénom"),
        required=False,
        max_length=NAME_MOST,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(
        label=gettext_lazy("Note pour le guichet"),
        required=False,
        max_length=NOTE_MOST,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    site = forms.ChoiceField(label=gettext_lazy("Lieu"), required=False)
    then = forms.CharField(required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, services: Sequence[Service], sites: Sequence[Site], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.services = {service.slug: service for service in services}
        self.sites = {str(site.pk): site for site in sites}
        self.fields["service"].choices = [  # type: ignore[attr-defined]
            (service.slug, service_name(service)) for service in services
        ]
        self.fields["site"].choices = [  # type: ignore[attr-defined]
            (key, site.name) for key, site in self.sites.items()
        ]

    def clean_service(self) -> Service:
        """Return the service of the chosen tile."""
        return self.services[self.cleaned_data["service"]]

    def clean_site(self) -> Site:
        """Return the chosen site, the first one without a choice."""
        return self.sites.get(self.cleaned_data["site"]) or next(iter(self.sites.values()))


class ArrivalForm(forms.Form):
    """What a scanner types, or a person: an address, a reference, a name, a telephone."""

    q = forms.CharField(
        label=gettext_lazy("Code scanné, référence, nom ou téléphone"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
        error_messages={"required": gettext_lazy("Scannez un code, ou saisissez un nom")},
    )
