"""What is asked on the portal, and for an alert."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _, gettext_lazy

from nearby.models import RADIUSES
from nearby.words import titles
from parvis.inputs import DayInput
from slots.search import Place


PERSONS = range(1, 7)
AROUND = (10, 20, 50, 100)
OTHER = "autre"
LONGEST_DAYS = 180
SOON, NEAR = "date", "distance"
USUAL = {"personnes": "1", "rayon": "20", "tri": SOON}
PLACE_DIGITS = 2  # of latitude and longitude: a kilometre or so, and nobody's door


class SearchForm(forms.Form):
    """Where, what for, how many persons, how far; sent by GET, so that a search has an address."""

    lieu = forms.CharField(
        label=gettext_lazy("Autour de quelle commune ?"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Nom ou code postal."),
        error_messages={"max_length": gettext_lazy("Ce nom est trop long.")},
    )
    insee = forms.RegexField(r"^[0-9][0-9AB][0-9]{3}$", required=False, widget=forms.HiddenInput())
    lat = forms.FloatField(min_value=-90, max_value=90, required=False, widget=forms.HiddenInput())
    lon = forms.FloatField(
        min_value=-180, max_value=180, required=False, widget=forms.HiddenInput()
    )
    titres = forms.ChoiceField(
        label=gettext_lazy("Pour quelle démarche ?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choisissez une démarche."),
            "invalid_choice": gettext_lazy("Choisissez une des démarches proposées."),
        },
    )
    demarche = forms.ChoiceField(
        label=gettext_lazy("Laquelle ?"),
        required=False,
        help_text=gettext_lazy("Si vous avez choisi « Une autre démarche »."),
        error_messages={
            "invalid_choice": gettext_lazy("Choisissez une des démarches proposées."),
        },
    )
    personnes = forms.TypedChoiceField(
        label=gettext_lazy("Pour combien de personnes ?"),
        coerce=int,
        choices=[(number, str(number)) for number in PERSONS],
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("Choisissez un nombre de la liste."),
        },
    )
    rayon = forms.TypedChoiceField(
        label=gettext_lazy("À quelle distance ?"),
        coerce=int,
        choices=[(km, f"{km} km") for km in AROUND],
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("Choisissez une distance de la liste."),
        },
    )
    tri = forms.ChoiceField(
        label=gettext_lazy("D’abord"),
        choices=[
            (SOON, gettext_lazy("les plus tôt")),
            (NEAR, gettext_lazy("les plus proches")),
        ],
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choisissez un ordre de la liste.")},
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        services: Sequence[tuple[str, str]],
        initial: dict[str, str] | None = None,
    ) -> None:
        super().__init__(_completed(data) if data is not None else None, initial=initial)
        wanted = titles()
        if services:
            wanted.append((OTHER, _("Une autre démarche")))
        else:
            del self.fields["demarche"]
        self.fields["titres"].choices = wanted  # type: ignore[attr-defined]
        if services:
            self.fields["demarche"].choices = [("", "–"), *services]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask which other service it is."""
        known = super().clean() or {}
        if known.get("titres") == OTHER and not known.get("demarche"):
            self.add_error("demarche", ValidationError(_("Choisissez la démarche.")))
        return known

    @property
    def point(self) -> Place | None:
        """Where the telephone said it is, rounded; None where a name was typed."""
        lat, lon = self.cleaned_data.get("lat"), self.cleaned_data.get("lon")
        if self.cleaned_data.get("lieu") or lat is None or lon is None:
            return None
        return Place(round(lat, PLACE_DIGITS), round(lon, PLACE_DIGITS))


class AlertForm(forms.Form):
    """What somebody wants to be told of, how far, until when, and where to write."""

    demarche = forms.ChoiceField(
        label=gettext_lazy("Pour quelle démarche ?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choisissez une démarche."),
            "invalid_choice": gettext_lazy("Choisissez une des démarches proposées."),
        },
    )
    personnes = forms.TypedChoiceField(
        label=gettext_lazy("Pour combien de personnes ?"),
        coerce=int,
        choices=[(number, str(number)) for number in PERSONS],
        error_messages={
            "required": gettext_lazy("Indiquez le nombre de personnes."),
            "invalid_choice": gettext_lazy("Choisissez un nombre de la liste."),
        },
    )
    rayon = forms.TypedChoiceField(
        label=gettext_lazy("À moins de combien de kilomètres d’ici ?"),
        coerce=int,
        choices=[(km, f"{km} km") for km in RADIUSES],
        error_messages={
            "required": gettext_lazy("Choisissez une distance de la liste."),
            "invalid_choice": gettext_lazy("Choisissez une distance de la liste."),
        },
    )
    last_day = forms.DateField(
        label=gettext_lazy("Rendez-vous au plus tard le"),
        widget=DayInput(),
        input_formats=["%Y-%m-%d"],
        error_messages={
            "required": gettext_lazy("Indiquez un jour."),
            "invalid": gettext_lazy("Ce jour n’existe pas."),
        },
    )
    email = forms.EmailField(
        label=gettext_lazy("Courriel"),
        max_length=254,
        help_text=gettext_lazy("Un message vous demande d’abord de confirmer."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": gettext_lazy("Indiquez votre courriel.")},
    )

    def __init__(
        self, *args: Any, wishes: Sequence[tuple[str, str]], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["demarche"].choices = list(wishes)  # type: ignore[attr-defined]
        self.today = today

    def clean_last_day(self) -> date:
        """Refuse what is over, and what is too far to be promised."""
        day: date = self.cleaned_data["last_day"]
        if day < self.today:
            raise ValidationError(_("Choisissez un jour à venir."))
        if (day - self.today).days > LONGEST_DAYS:
            raise ValidationError(_("Une alerte dure six mois au plus."))
        return day


def _completed(asked: QueryDict) -> QueryDict:
    """Say what nobody chose, so that the form shows what was looked for."""
    data = asked.copy()
    for name, usual in USUAL.items():
        data[name] = data.get(name) or usual
    return data


def usual_last_day(today: date) -> date:
    """Propose an end: two months from now."""
    return today + timedelta(days=60)
