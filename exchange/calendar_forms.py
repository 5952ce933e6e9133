"""What an administrator says of a calendar of another tool."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _, gettext_lazy

from booking.models import Resource, Service
from exchange.calendar_files import MOST_BYTES


class CalendarForm(forms.Form):
    """An address or a file, what it takes, and which of its events are appointments."""

    name = forms.CharField(
        label=gettext_lazy("Nom de l’agenda"),
        max_length=80,
        error_messages={"required": gettext_lazy("Donnez un nom à cet agenda.")},
    )
    url = forms.CharField(
        label=gettext_lazy("Adresse de l’agenda"),
        max_length=500,
        required=False,
        help_text=gettext_lazy(
            "L’adresse « iCal » ou « .ics » que donne l’autre outil, en https://. "
            "Elle est relue toutes les heures."
        ),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    file = forms.FileField(
        label=gettext_lazy("Ou un fichier .ics"),
        required=False,
        help_text=gettext_lazy("2 Mo au plus. Il est lu une fois."),
        widget=forms.ClearableFileInput(attrs={"accept": ".ics,.ical,text/calendar"}),
        max_length=120,
        error_messages={
            "empty": gettext_lazy("Ce fichier est vide."),
            "max_length": gettext_lazy("Le nom de ce fichier est trop long."),
        },
    )
    resource = forms.ModelChoiceField(
        label=gettext_lazy("Ce que ses événements occupent"),
        queryset=Resource.objects.none(),
        required=False,
        empty_label=gettext_lazy("Toute la mairie"),
    )
    keyword = forms.CharField(
        label=gettext_lazy("Mot du titre qui désigne un rendez-vous"),
        max_length=60,
        required=False,
        help_text=gettext_lazy(
            "Par exemple « RDV ». Vide : aucun événement n’est un rendez-vous, tous occupent."
        ),
    )
    service = forms.ModelChoiceField(
        label=gettext_lazy("Motif de ces rendez-vous"),
        queryset=Service.objects.none(),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resource"].queryset = Resource.objects.filter(active=True)  # type: ignore[attr-defined]
        self.fields["service"].queryset = Service.objects.offered()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for an address or a file, and for a service where a word makes appointments."""
        known = super().clean() or {}
        if bool(known.get("url")) == bool(known.get("file")) and "file" not in self.errors:
            self.add_error("url", _("Donnez une adresse, ou un fichier."))
        if bool(known.get("keyword")) != bool(known.get("service")):
            missing = "service" if known.get("keyword") else "keyword"
            self.add_error(missing, _("Le mot et le motif vont ensemble."))
        return known

    @property
    def told(self) -> dict[str, Any]:
        """What :func:`exchange.calendar_actions.add_feed` takes."""
        known = dict(self.cleaned_data)
        sent: UploadedFile[bytes] | None = known.pop("file")
        known["content"] = bytes(sent.read(MOST_BYTES + 1)) if sent else b""
        return known
