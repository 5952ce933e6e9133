"""What an agent types about titles that have arrived, and a citizen who collects hers."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy

from booking.arrivals import decode
from booking.models import Resource, Title
from parvis.inputs import DayInput


FILE_MOST = 200_000  # bytes
TEXT_MOST = 60_000  # characters
FILE_TYPES = (".csv", ".txt")


class ArrivalForm(forms.Form):
    """Numbers scanned one by one, pasted or in a file; the box holds them all."""

    scan = forms.CharField(
        label=gettext_lazy("Scanner ou saisir un numéro"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "Entrée ajoute le numéro à la liste, le champ est prêt pour le suivant."
        ),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )
    lines = forms.CharField(
        label=gettext_lazy("Les titres arrivés, un par ligne"),
        required=False,
        max_length=TEXT_MOST,
        help_text=gettext_lazy(
            "Le numéro d’abord. Si la demande n’a pas été déposée ici sur rendez-vous, ajoutez "
            "après un point-virgule le titulaire et son courriel ou son téléphone."
        ),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=gettext_lazy("Ou un fichier CSV"),
        required=False,
        help_text=gettext_lazy("200 Ko au plus, une ligne par titre."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Titre, quand la ligne ne le dit pas"),
        choices=Title.Kind.choices,
        initial=Title.Kind.CARD,
    )
    station = forms.ModelChoiceField(
        label=gettext_lazy("Station, quand le dépôt n’est pas connu"),
        queryset=Resource.objects.none(),
        required=False,
        empty_label=gettext_lazy("Je ne sais pas"),
    )
    arrived_on = forms.DateField(
        label=gettext_lazy("Arrivés le"),
        input_formats=["%Y-%m-%d"],
        widget=DayInput(),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        stations = Resource.objects.filter(kind=Resource.Kind.STATION)
        self.fields["station"].queryset = stations  # type: ignore[attr-defined]

    def clean_arrived_on(self) -> date:
        """Refuse a day to come, and one from which three months are long over."""
        day: date = self.cleaned_data["arrived_on"]
        if day > self.today or (self.today - day).days > 366:  # noqa: PLR2004 (a year)
            raise ValidationError(_("Indiquez le jour d’arrivée, aujourd’hui ou avant."))
        return day

    def clean_file(self) -> str:
        """Read the text of the file."""
        file = self.cleaned_data["file"]
        if not file:
            return ""
        if not file.name.lower().endswith(FILE_TYPES):
            raise ValidationError(_("Choisissez un fichier CSV (.csv ou .txt)."))
        if file.size > FILE_MOST:
            raise ValidationError(_("Ce fichier est trop lourd : 200 Ko au plus."))
        try:
            return decode(file.read())
        except ValueError as fault:
            raise ValidationError(_("Ce fichier n’est pas un texte lisible.")) from fault

    @property
    def text(self) -> str:
        """All lines, whichever way they came in; also of a form with errors."""
        known = getattr(self, "cleaned_data", {})
        lines = known.get("lines") or self.data.get("lines", "")[:TEXT_MOST]
        parts = [lines, known.get("file", ""), known.get("scan", "")]
        return "\n".join(part.strip("\r\n") for part in parts if part and part.strip())
