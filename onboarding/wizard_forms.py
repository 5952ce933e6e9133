"""What a commune types while it is set up, one form for each step."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, validate_email
from django.utils.html import format_html
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from identity.members import ADMIN, BOOKING_AGENT, READER, REPORT_AGENT
from tenants.directory import is_siret
from tenants.models import Membership


MOST_COUNTERS, MOST_STATIONS = 12, 8
MOST_INVITED = 20
SEPARATORS = re.compile(r"[\s,;<>]+")
ROLES = (ADMIN, BOOKING_AGENT, REPORT_AGENT, READER)
a_phone = RegexValidator(
    r"^[0-9+(). \-\u00a0]{4,30}$", gettext_lazy("Saisissez un numéro de téléphone.")
)


def missing(words: Any) -> dict[str, Any]:
    """Say what to type in a required field that was left empty."""
    return {"required": words}


class IdentityForm(forms.Form):
    """What citizens read of the town hall; each field shows what the official directory says."""

    address = forms.CharField(
        label=gettext_lazy("Adresse de la mairie"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages=missing(gettext_lazy("Saisissez l’adresse de la mairie.")),
    )
    phone = forms.CharField(
        label=gettext_lazy("Téléphone"),
        max_length=30,
        validators=[a_phone],
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        error_messages=missing(gettext_lazy("Saisissez le téléphone de la mairie.")),
    )
    email = forms.EmailField(
        label=gettext_lazy("Courriel"),
        help_text=gettext_lazy("Les réponses des habitants y arrivent."),
        error_messages=missing(gettext_lazy("Saisissez le courriel de la mairie.")),
    )
    website = forms.URLField(
        label=gettext_lazy("Site internet"),
        required=False,
        assume_scheme="https",
        max_length=200,
    )
    brand_colour = forms.CharField(
        label=gettext_lazy("Couleur de la commune"),
        help_text=gettext_lazy("Les textes restent lisibles, quelle que soit la couleur."),
        max_length=7,
        validators=[
            RegexValidator(
                r"^#[0-9a-fA-F]{6}$", gettext_lazy("Écrivez la couleur ainsi : #24507f.")
            )
        ],
        widget=forms.TextInput(attrs={"type": "color"}),
    )

    def __init__(self, *args: Any, source: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, official in source.items():
            if official:
                said = format_html(_("Annuaire officiel : {value}"), value=official)
                known = self.fields[name].help_text
                self.fields[name].help_text = (
                    format_html("{} · {}", said, known) if known else said
                )
                self.initial[name] = self.initial.get(name) or official


class ContactsForm(forms.Form):
    """Who answers for the commune, and where it is invoiced."""

    publisher = forms.CharField(
        label=gettext_lazy("Directeur de la publication"),
        help_text=gettext_lazy("La ou le maire, d’ordinaire. Paraît dans les mentions légales."),
        max_length=120,
        error_messages=missing(gettext_lazy("Saisissez le nom du directeur de la publication.")),
    )
    postal_address = forms.CharField(
        label=gettext_lazy("Adresse postale"),
        max_length=300,
        error_messages=missing(gettext_lazy("Saisissez l’adresse postale.")),
    )
    phone = forms.CharField(
        label=gettext_lazy("Téléphone"),
        max_length=30,
        validators=[a_phone],
        error_messages=missing(gettext_lazy("Saisissez le téléphone du cabinet.")),
    )
    email = forms.EmailField(
        label=gettext_lazy("Courriel"),
        error_messages=missing(gettext_lazy("Saisissez le courriel du cabinet.")),
    )
    secretary_name = forms.CharField(
        label=gettext_lazy("Nom"),
        max_length=120,
        error_messages=missing(gettext_lazy("Saisissez le nom de la ou du secrétaire.")),
    )
    secretary_email = forms.EmailField(label=gettext_lazy("Courriel"), required=False)
    secretary_phone = forms.CharField(
        label=gettext_lazy("Téléphone"), max_length=30, required=False, validators=[a_phone]
    )
    dpo_name = forms.CharField(
        label=gettext_lazy("Nom"),
        help_text=gettext_lazy(
            "Obligatoire pour une commune. Souvent le centre de gestion ou l’intercommunalité."
        ),
        max_length=120,
        error_messages=missing(gettext_lazy("Saisissez le nom du délégué.")),
    )
    dpo_email = forms.EmailField(
        label=gettext_lazy("Courriel"),
        error_messages=missing(gettext_lazy("Saisissez le courriel du délégué.")),
    )
    dpo_phone = forms.CharField(
        label=gettext_lazy("Téléphone"), max_length=30, required=False, validators=[a_phone]
    )
    accounts_email = forms.EmailField(label=gettext_lazy("Courriel"), required=False)
    siret = forms.CharField(
        label=gettext_lazy("SIRET de la mairie"),
        help_text=gettext_lazy("14 chiffres, à confirmer : il change quand le siège déménage."),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages=missing(gettext_lazy("Saisissez le SIRET.")),
    )
    service_code = forms.CharField(
        label=gettext_lazy("Code service (Chorus Pro)"), max_length=100, required=False
    )
    needs_engagement = forms.BooleanField(
        label=gettext_lazy("Un numéro d’engagement est obligatoire sur les factures"),
        required=False,
    )

    def clean_siret(self) -> str:
        """Accept spaces between the groups; the check digit must be right."""
        digits = re.sub(r"\s", "", self.cleaned_data["siret"])
        if not is_siret(digits):
            raise ValidationError(_("Ce SIRET n’existe pas : vérifiez les 14 chiffres."))
        return digits

    def clean(self) -> dict[str, Any]:
        """Want one way at least to reach the secretary."""
        known = super().clean() or {}
        if not known.get("secretary_email") and not known.get("secretary_phone"):
            self.add_error("secretary_email", _("Donnez au moins un courriel ou un téléphone."))
        return known


class ModulesForm(forms.Form):
    """What the commune takes up, with what it receives."""

    has_booking = forms.BooleanField(label=gettext_lazy("Rendez-vous en mairie"), required=False)
    has_reports = forms.BooleanField(
        label=gettext_lazy("Signalements des habitants"), required=False
    )
    counters = forms.IntegerField(
        label=gettext_lazy("Guichets où l’on reçoit"),
        min_value=0,
        max_value=MOST_COUNTERS,
        required=False,
    )
    stations = forms.IntegerField(
        label=gettext_lazy("Stations biométriques (dispositifs de recueil)"),
        min_value=0,
        max_value=MOST_STATIONS,
        required=False,
    )
    mobile_stations = forms.IntegerField(
        label=gettext_lazy("Dont stations mobiles"),
        min_value=0,
        max_value=MOST_STATIONS,
        required=False,
    )
    urgent_percent = forms.IntegerField(
        label=gettext_lazy("Part de créneaux gardée pour les urgences, en %"),
        help_text=gettext_lazy(
            "Elle n’est pas réservable en ligne. Appliquée quand vous choisissez vos horaires."
        ),
        min_value=0,
        max_value=90,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Want a module, and a counter to receive at."""
        known = super().clean() or {}
        if not known.get("has_booking") and not known.get("has_reports"):
            self.add_error("has_booking", _("Choisissez au moins un module."))
        if known.get("has_booking") and not known.get("counters") and "counters" in known:
            self.add_error("counters", _("Il faut au moins un guichet pour recevoir."))
        known["mobile_stations"] = known.get("mobile_stations") or 0
        if known["mobile_stations"] > (known.get("stations") or 0):
            self.add_error(
                "mobile_stations",
                _("Il ne peut y avoir plus de stations mobiles que de stations."),
            )
        return known


class ServicesForm(forms.Form):
    """Which services of the templates the commune offers."""

    services = forms.MultipleChoiceField(
        label=gettext_lazy("Démarches proposées"),
        widget=forms.CheckboxSelectMultiple,
        error_messages=missing(gettext_lazy("Choisissez au moins une démarche.")),
    )

    def __init__(self, *args: Any, offered: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["services"].choices = offered  # type: ignore[attr-defined]


class WeekForm(forms.Form):
    """One week to start from, or none where one is kept already."""

    week = forms.ChoiceField(
        label=gettext_lazy("Une semaine ordinaire"),
        widget=forms.RadioSelect,
        error_messages=missing(gettext_lazy("Choisissez une semaine.")),
    )

    def __init__(
        self, *args: Any, offered: list[tuple[str, str]], keeps: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["week"].choices = offered  # type: ignore[attr-defined]
        self.fields["week"].required = not keeps


class PackForm(forms.Form):
    """One pack of categories, or none where some are there already."""

    pack = forms.ChoiceField(
        label=gettext_lazy("Votre commune est plutôt"),
        widget=forms.RadioSelect,
        error_messages=missing(gettext_lazy("Choisissez un lot.")),
    )

    def __init__(
        self, *args: Any, offered: list[tuple[str, str]], keeps: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pack"].choices = offered  # type: ignore[attr-defined]
        self.fields["pack"].required = not keeps


class TeamForm(forms.Form):
    """Addresses pasted as they come, and one role for all of them."""

    addresses = forms.CharField(
        label=gettext_lazy("Courriels à inviter"),
        help_text=gettext_lazy("Collez-les comme ils viennent : virgules, espaces ou lignes."),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
        error_messages=missing(gettext_lazy("Collez au moins une adresse.")),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Rôle"),
        choices=[(role, Membership.Role(role).label) for role in ROLES],
        widget=forms.RadioSelect,
        initial=BOOKING_AGENT,
    )

    def clean_addresses(self) -> list[str]:
        """Find every address in what was pasted; names around them are left out."""
        found = dict.fromkeys(
            word.strip().lower()
            for word in SEPARATORS.split(self.cleaned_data["addresses"])
            if "@" in word
        )
        if not found:
            raise ValidationError(_("Aucune adresse trouvée dans ce texte."))
        if len(found) > MOST_INVITED:
            said = ngettext(
                "Invitez %(n)s personne au plus à la fois.",
                "Invitez %(n)s personnes au plus à la fois.",
                MOST_INVITED,
            )
            raise ValidationError(said % {"n": MOST_INVITED})
        for each in found:
            self._check(each)
        return list(found)

    def _check(self, address: str) -> None:
        try:
            validate_email(address)
        except ValidationError as refusal:
            said = _("« %(address)s » n’est pas une adresse.") % {"address": address[:80]}
            raise ValidationError(said) from refusal


class AcceptForm(forms.Form):
    """A text to accept: a box that nobody ticks by accident."""

    accepted = forms.BooleanField(
        label=gettext_lazy("J’ai lu ce texte et je l’accepte au nom de la commune"),
        error_messages=missing(gettext_lazy("Cochez la case pour accepter le texte.")),
    )
    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)


class AskForm(forms.Form):
    """The day the commune would like to open."""

    wished_on = forms.DateField(
        label=gettext_lazy("Jour souhaité"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class ApproveForm(forms.Form):
    """When the commune opens."""

    opens_at = forms.DateTimeField(
        label=gettext_lazy("Ouvrir le"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        error_messages={
            "required": gettext_lazy("Choisissez une date et une heure."),
            "invalid": gettext_lazy("Choisissez une date et une heure."),
        },
    )


class ReasonForm(forms.Form):
    """Why the association says no, or dispenses."""

    reason = forms.CharField(
        label=gettext_lazy("Raison"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=missing(gettext_lazy("Dites pourquoi.")),
    )
