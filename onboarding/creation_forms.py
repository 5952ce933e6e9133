"""What is confirmed of a commune before it is created, and what an association says of itself."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from onboarding.creation import Facts
from tenants.directory import is_siret, proposed_siret, vat_number
from tenants.models import Association, Commune, OfficialCommune


MOST_INHABITANTS = 20_000_000
POSTCODE = RegexValidator(r"\A[0-9]{5}\Z", _("Un code postal a cinq chiffres."))


class CreationForm(forms.Form):
    """Facts proposed by public data, and whom to invite first."""

    siret = forms.CharField(
        label=_("SIRET"),
        help_text=_("Proposé à partir du SIREN : à confirmer, il change si le siège a déménagé."),
        max_length=20,
        required=False,
    )
    is_vat_liable = forms.BooleanField(
        label=_("La commune est assujettie à la TVA"),
        help_text=_("Rare pour une mairie. Son numéro est alors calculé."),
        required=False,
    )
    postcode = forms.CharField(label=_("Code postal"), max_length=5, validators=[POSTCODE])
    population = forms.IntegerField(label=_("Habitants"), min_value=1, max_value=MOST_INHABITANTS)
    address = forms.CharField(
        label=_("Adresse de la mairie"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    phone = forms.CharField(label=_("Téléphone"), max_length=30)
    email = forms.EmailField(label=_("Courriel de la mairie"), max_length=254)
    admin_email = forms.EmailField(
        label=_("Courriel du premier administrateur"),
        help_text=_("Une personne, pas la boîte de la mairie : elle reçoit l’invitation."),
        max_length=254,
    )

    def __init__(self, commune: Commune, *args: Any, **kwargs: Any) -> None:
        self.official = OfficialCommune.objects.filter(pk=commune.insee_code).first()
        super().__init__(*args, **{"initial": self._proposals(commune), **kwargs})
        if self.official and len(self.official.postcodes) > 1:
            listed = ", ".join(self.official.postcodes)
            self.fields["postcode"].help_text = _("Cette commune en a plusieurs : %(codes)s.") % {
                "codes": listed
            }

    def _proposals(self, commune: Commune) -> dict[str, Any]:
        siren = self.official.siren if self.official else ""
        return {
            "siret": proposed_siret(siren) if siren else "",
            "postcode": commune.postcode,
            "population": commune.population or None,
            "address": commune.address,
            "phone": commune.phone,
            "email": commune.email,
        }

    def clean_siret(self) -> str:
        """Accept spaces; refuse what no SIRET can be."""
        siret = "".join(self.cleaned_data["siret"].split())
        if siret and not is_siret(siret):
            raise ValidationError(
                _("Ce n’est pas un SIRET : quatorze chiffres, dont le dernier est une clé.")
            )
        return siret

    def clean(self) -> dict[str, Any]:
        """Ask for the SIRET where the VAT number is made of it."""
        asked = self.cleaned_data
        if asked.get("is_vat_liable") and not asked.get("siret") and "siret" not in self.errors:
            self.add_error("siret", _("Indiquez le SIRET : le numéro de TVA en découle."))
        return asked

    @property
    def facts(self) -> Facts:
        """What was confirmed."""
        asked = self.cleaned_data
        return Facts(
            siret=asked["siret"],
            vat_number=vat_number(asked["siret"][:9]) if asked["is_vat_liable"] else "",
            postcode=asked["postcode"],
            population=asked["population"],
            phone=asked["phone"],
            email=asked["email"],
            address=asked["address"],
        )


class AssociationForm(forms.Form):
    """How an association is called, seen and reached, and which departments it serves."""

    name = forms.CharField(label=_("Nom"), max_length=120)
    short_name = forms.CharField(
        label=_("Nom court"), help_text=_("Pour le bandeau des pages."), max_length=40
    )
    phone = forms.CharField(
        label=_("Téléphone"),
        help_text=_("Affiché à tous les agents des communes : c’est leur aide."),
        max_length=30,
        required=False,
    )
    email = forms.EmailField(label=_("Courriel"), max_length=254, required=False)
    brand_colour = forms.RegexField(
        r"\A#[0-9a-fA-F]{6}\Z",
        label=_("Couleur"),
        widget=forms.TextInput(attrs={"type": "color"}),
        error_messages={"invalid": _("Une couleur s’écrit # puis six chiffres ou lettres.")},
    )
    departments = forms.CharField(
        label=_("Départements"),
        help_text=_("Leurs codes, séparés par des virgules : 33, 47."),
        max_length=60,
    )

    def __init__(self, association: Association, *args: Any, **kwargs: Any) -> None:
        initial = {name: getattr(association, name) for name in self.base_fields}
        initial["departments"] = ", ".join(association.departments)
        super().__init__(*args, **{"initial": initial, **kwargs})

    def clean_departments(self) -> list[str]:
        """Read codes that exist; at least one."""
        codes = sorted(
            {code.strip().upper() for code in self.cleaned_data["departments"].split(",")}
        )
        codes = [code for code in codes if code]
        known = set(
            OfficialCommune.objects.filter(department__in=codes).values_list(
                "department", flat=True
            )
        )
        if not codes or (unknown := sorted(set(codes) - known)):
            raise ValidationError(
                _("Aucun département n’a ce code : %(codes)s.")
                % {"codes": ", ".join(unknown) if codes else "–"}
            )
        return codes
