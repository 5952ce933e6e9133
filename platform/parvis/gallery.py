"""The living style guide: every component in every state, and four whole pages made of them.

Served where DEBUG or the demo is on; browser tests and the screenshot sheet read it too.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from parvis.pieces import (
    DiaryColumn,
    DiaryEntry,
    Document,
    SlotDay,
    SlotOffer,
    Tab,
    TimelineEntry,
)
from parvis.theme import DEFAULT_BRAND, palette


PAGES = {
    "": "gallery/components.html",
    "formulaire": "gallery/form.html",
    "accueil": "gallery/home.html",
    "creneaux": "gallery/slots.html",
    "journee": "gallery/day.html",
    "tableau": "gallery/dashboard.html",
}
TUESDAY = date(2026, 12, 1)
RINGS = [
    [
        *((-0.83, 45.21), (-0.81, 45.235), (-0.79, 45.23), (-0.76, 45.25), (-0.742, 45.235)),
        *((-0.738, 45.205), (-0.73, 45.18), (-0.745, 45.165), (-0.765, 45.17), (-0.78, 45.155)),
        *((-0.80, 45.165), (-0.805, 45.185), (-0.835, 45.19), (-0.83, 45.21)),
    ]
]


class IdentityForm(forms.Form):
    """One field of each kind."""

    reason = forms.ChoiceField(
        label=_("Pourquoi cette demande ?"),
        choices=[
            ("first", _("Première demande")),
            ("renewal", _("Renouvellement")),
            ("loss", _("Perte")),
            ("theft", _("Vol")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez la raison de votre demande")},
    )
    persons = forms.IntegerField(
        label=_("Pour combien de personnes ?"),
        min_value=1,
        max_value=5,
        initial=1,
        error_messages={"required": _("Indiquez le nombre de personnes")},
    )
    name = forms.CharField(
        label=_("Nom et prénom"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Saisissez votre nom")},
    )
    email = forms.EmailField(
        label=_("Adresse e-mail"),
        help_text=_("Pour recevoir la confirmation et pouvoir annuler."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Saisissez votre adresse e-mail")},
    )
    phone = forms.CharField(
        label=_("Téléphone portable"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    day = forms.DateField(
        label=_("Date de naissance"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    desk = forms.ChoiceField(
        label=_("Guichet"),
        choices=[("1", _("Guichet 1")), ("2", _("Guichet 2"))],
        error_messages={"required": _("Choisissez un guichet")},
    )
    languages = forms.MultipleChoiceField(
        label=_("Langues parlées"),
        required=False,
        choices=[("fr", _("Français")), ("en", _("Anglais"))],
        widget=forms.CheckboxSelectMultiple,
    )
    notes = forms.CharField(label=_("Précisions"), required=False, widget=forms.Textarea)
    minor = forms.BooleanField(label=_("C’est pour un enfant mineur"), required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse the slot, as a form error."""
        raise forms.ValidationError(_("Ce créneau vient d’être pris. Choisissez-en un autre."))


class FilterForm(forms.Form):
    """Filters of a list."""

    state = forms.ChoiceField(
        label=_("Étape"), required=False, choices=[("", _("Toutes")), ("live", _("En service"))]
    )
    name = forms.CharField(label=_("Commune"), required=False)


@login_not_required
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Show the components, or the sample page named by ``?page=``."""
    name = request.GET.get("page", "")
    return render(request, PAGES.get(name, PAGES[""]), samples(with_errors=name == "formulaire"))


def samples(*, with_errors: bool = False) -> dict[str, Any]:
    """Return believable values for every component."""
    form = IdentityForm({"email": "jeanne@", "reason": ""} if with_errors else None)
    if with_errors:
        form.is_valid()
    return {
        "form": form,
        "filter_form": FilterForm(prefix="filter"),
        "colours": palette(DEFAULT_BRAND),
        "tones": ["neutral", "brand", "info", "success", "warning", "danger"],
        "icons": {"first": "file-plus", "renewal": "refresh-cw", "loss": "file-question-mark"},
        "outline": RINGS,
        "now": at(9, 20),
        "until": at(9, 29),
        "past": at(9, 10),
        "days": slot_days(),
        "offer": SlotOffer(at(9), "2026-12-01T09:00"),
        "documents": documents(),
        "entries": history(),
        "columns": counters(),
        "opens": time(8, 30),
        "closes": time(12, 30),
        "day": TUESDAY,
        "view_tabs": [
            Tab(str(_("Grille")), "?page=journee", current=True, icon="columns-2"),
            Tab(str(_("Liste")), "?page=journee&vue=liste", icon="list", count=6),
        ],
        "months": list(zip(MONTHS, (12, 18, 25, 31, 30, 42, 47, 40, 58, 66, 71, 83), strict=True)),
        "shares": [("Pauillac", 83.0), ("Lesparre-Médoc", 61.0), ("Saint-Laurent-Médoc", 44.5)],
        "trend": [3, 5, 4, 8, 9, 12],
        "communes": [
            ("Arcachon", _("En service"), "success", 212, 0.71),
            ("Pauillac", _("En service"), "success", 146, 0.83),
            ("Le Bouscat", _("En réflexion"), "info", 0, None),
            ("Sainte-Foy-la-Grande", _("À relancer"), "warning", 12, 0.25),
        ],
        "waffle_labels": [_("en service"), _("en réflexion"), _("à contacter")],
        "page_obj": Paginator(range(60), 20).page(2),
        "recovery_codes": ["4f7k-92md", "8h3p-x6qt", "m2rv-71cd", "zz90-k4we"],
        "navigation": [
            {"label": _("Aujourd’hui"), "href": "?page=journee", "current": True},
            {"label": _("Horaires"), "href": "?page=tableau", "current": False},
            {"label": _("Statistiques"), "href": "?page=", "current": False},
        ],
    }


MONTHS = (
    *("janv.", "févr.", "mars", "avr.", "mai", "juin"),
    *("juil.", "août", "sept.", "oct.", "nov.", "déc."),
)


def at(hour: int, minute: int = 0) -> datetime:
    """Return an instant of the sample day, given in Paris winter time."""
    midnight = datetime(TUESDAY.year, TUESDAY.month, TUESDAY.day, tzinfo=UTC)
    return midnight + timedelta(hours=hour - 1, minutes=minute)


def slot_days() -> list[SlotDay]:
    """Return a day with slots, a full one and a closed one."""
    morning = [at(9) + timedelta(minutes=25 * n) for n in range(7)]
    offers = [SlotOffer(start, start.isoformat()) for start in morning]
    return [
        SlotDay(TUESDAY, offers),
        SlotDay(TUESDAY + timedelta(days=1)),
        SlotDay(TUESDAY + timedelta(days=2), note=str(_("Fermé"))),
        SlotDay(TUESDAY + timedelta(days=3), offers[2:5]),
    ]


def documents() -> list[Document]:
    """Return what an identity card asks for."""
    return [
        Document(str(_("Votre ancienne carte d’identité")), key="old"),
        Document(
            str(_("Une photo d’identité")), str(_("De moins de 6 mois, non découpée.")), "photo"
        ),
        Document(
            str(_("Un justificatif de domicile")),
            str(_("Facture ou avis d’impôt de moins d’un an.")),
            "home",
        ),
    ]


def history() -> list[TimelineEntry]:
    """Return one entry of each state."""
    return [
        TimelineEntry(at(9), str(_("Rendez-vous pris")), str(_("Sur internet"))),
        TimelineEntry(at(9, 5), str(_("Rappel envoyé")), state="current"),
        TimelineEntry(None, str(_("Venue à la mairie")), state="todo"),
    ]


def counters() -> list[DiaryColumn]:
    """Return the morning of two counters."""
    card, passport = str(_("Carte d’identité")), str(_("Passeport"))
    here, missed = str(_("En salle")), str(_("Absent"))
    return [
        DiaryColumn(
            str(_("Guichet 1")),
            [
                DiaryEntry(at(9), at(9, 25), "A. Martin", card, "#", "success", here, True),
                DiaryEntry(at(9, 50), at(10, 40), "S. Benali", card, "#", "brand"),
                DiaryEntry(at(10, 40), at(11, 5), "J. Petit", card, "#", "danger", missed),
                DiaryEntry(at(11, 5), at(11, 30), str(_("Libre")), "", "#", "free"),
            ],
            note="CNI, passeport",
        ),
        DiaryColumn(
            str(_("Guichet 2")),
            [
                DiaryEntry(at(8, 45), at(9), "L. Dupuy", passport, "#", "neutral"),
                DiaryEntry(at(10, 15), at(10, 40), "M. Roux", "PACS", "#", "info"),
                DiaryEntry(at(11), at(12), str(_("Réunion")), "", "", "warning"),
            ],
        ),
    ]
