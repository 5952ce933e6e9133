"""What people type about measures: parameters, requests of titles, files, wishes."""

from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _, gettext_lazy

from adoption.estimates import MOST_MINUTES, Parameters
from adoption.subsidy import MOST
from exchange import sniff
from exchange.import_words import FAULTS


WHOLE = gettext_lazy("Saisissez un nombre entier.")
MOST_STATIONS = 50


def _number(label: Any, most: int, *, text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=most,
        help_text=text,
        error_messages={"required": WHOLE, "invalid": WHOLE},
    )


class EstimateForm(forms.Form):
    """The parameters of what is estimated."""

    booking_percent = _number(
        gettext_lazy("Appels évités pour cent rendez-vous pris en ligne (p1)"), 100
    )
    change_percent = _number(
        gettext_lazy("Appels évités pour cent changements en ligne (p2)"), 100
    )
    minutes = _number(
        gettext_lazy("Minutes libérées par rendez-vous pris en ligne (m)"),
        MOST_MINUTES,
        text=gettext_lazy(
            "Dix minutes au plus : c’est ce qu’une commune a publié pour la réservation,"
            " l’information, l’enregistrement et les absences réunis."
        ),
    )

    @property
    def parameters(self) -> Parameters:
        """What was typed."""
        return Parameters(**self.cleaned_data)

    @staticmethod
    def shown(known: Parameters) -> dict[str, int]:
        """Return what is there, as the form shows it."""
        return {
            "booking_percent": known.booking_percent,
            "change_percent": known.change_percent,
            "minutes": known.minutes,
        }


class YearForm(forms.Form):
    """The stations of one year."""

    stations = _number(gettext_lazy("Stations au 1er janvier"), MOST_STATIONS)
    connected = _number(
        gettext_lazy("Stations reliées à la plateforme, contrôle des doublons actif"),
        MOST_STATIONS,
    )

    def clean(self) -> dict[str, Any]:
        """Refuse more connected stations than there are."""
        known = super().clean() or {}
        if known.get("connected", 0) > known.get("stations", MOST_STATIONS):
            self.add_error("connected", _("Il n’y a pas autant de stations."))
        return known


class SimulationForm(YearForm):
    """What decides the subsidy of a year."""

    field_order = ("requests", "certifications", "stations", "connected")
    requests = _number(gettext_lazy("Demandes de titres dans l’année"), MOST)
    certifications = _number(gettext_lazy("Certifications d’identité numérique"), MOST)


class MonthForm(forms.Form):
    """The requests of one month."""

    month = forms.DateField(
        label=gettext_lazy("Mois"),
        input_formats=["%Y-%m"],
        widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
        error_messages={
            "required": gettext_lazy("Choisissez le mois."),
            "invalid": gettext_lazy("Le mois s’écrit 2026-11."),
        },
    )
    requests = _number(gettext_lazy("Demandes de titres reçues"), MOST)
    certifications = forms.IntegerField(
        label=gettext_lazy("Certifications d’identité numérique"),
        min_value=0,
        max_value=MOST,
        required=False,
        error_messages={"invalid": WHOLE},
    )

    def clean_certifications(self) -> int:
        """Nothing typed is none."""
        return int(self.cleaned_data["certifications"] or 0)

    def clean_month(self) -> date:
        """Refuse years that nobody entered anything for."""
        month: date = self.cleaned_data["month"]
        if month.year < 2000:  # noqa: PLR2004
            raise forms.ValidationError(_("Choisissez un mois après 2000."))
        return month


class TableForm(forms.Form):
    """A file of months, for many communes."""

    file = forms.FileField(
        label=gettext_lazy("Fichier CSV ou Excel"),
        help_text=gettext_lazy("Quatre colonnes : code INSEE, mois, demandes, certifications."),
        max_length=120,
        error_messages={
            "required": gettext_lazy("Choisissez un fichier."),
            "empty": gettext_lazy("Ce fichier est vide."),
            "max_length": gettext_lazy("Le nom de ce fichier est trop long."),
        },
    )

    def clean_file(self) -> sniff.Table:
        """Read the table of a file."""
        sent: UploadedFile[bytes] = self.cleaned_data["file"]
        try:
            return sniff.read_table(bytes(sent.read(sniff.MOST_BYTES + 1)))
        except sniff.Unreadable as refusal:
            raise forms.ValidationError(str(FAULTS[refusal.fault])) from refusal


class PreferencesForm(forms.Form):
    """What a commune wants."""

    is_mailed = forms.BooleanField(
        label=gettext_lazy("Recevoir la lettre mensuelle"), required=False
    )
    is_named = forms.BooleanField(
        label=gettext_lazy("Montrer le nom de la commune à côté de ses chiffres publics"),
        required=False,
    )
