"""What an association and a commune may choose."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from stateid.models import AssociationLogin


DOMAIN = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
DOMAINS_MOST = 30


class CitizenForm(forms.Form):
    """Whether FranceConnect is offered."""

    is_offered = forms.BooleanField(
        label=_("Proposer FranceConnect à qui prend rendez-vous"),
        help_text=_("Jamais obligatoire : le formulaire reste ouvert à tous."),
        required=False,
    )


class AssociationLoginForm(forms.Form):
    """The provider of identities of an association."""

    siren = forms.CharField(
        label=_("SIREN de l’association"),
        help_text=_("Neuf chiffres : ProConnect reconnaît par eux les agents de l’association."),
        required=False,
        max_length=9,
        validators=[RegexValidator(r"\A[0-9]{9}\Z", _("Un SIREN a neuf chiffres."))],
    )
    is_enabled = forms.BooleanField(
        label=_("Proposer notre propre connexion à nos équipes et à celles de nos communes"),
        required=False,
    )
    issuer = forms.CharField(
        label=_("Adresse de l’émetteur"),
        help_text=_("Telle que le fournisseur la publie, par exemple https://login.exemple.fr"),
        required=False,
        max_length=300,
        widget=forms.URLInput(attrs={"spellcheck": "false"}),
    )
    client_id = forms.CharField(
        label=_("Identifiant client"),
        required=False,
        max_length=191,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    secret = forms.CharField(
        label=_("Secret"),
        help_text=_("Il est gardé chiffré et n’est jamais montré. Vide : celui d’avant reste."),
        required=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    algorithm = forms.ChoiceField(
        label=_("Signature"),
        choices=AssociationLogin.Algorithm.choices,
        initial=AssociationLogin.Algorithm.RS256,
    )
    domains = forms.CharField(
        label=_("Domaines de courriel"),
        help_text=_("Un par ligne. Les autres adresses ne passent pas par ce fournisseur."),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )

    def clean_issuer(self) -> str:
        """Read an address as issuers are written: https, no query, no slash at the end."""
        typed = str(self.cleaned_data["issuer"]).strip().rstrip("/")
        if not typed:
            return ""
        wrong = ValidationError(_("Donnez une adresse qui commence par https://."))
        try:
            parts = urlsplit(typed)
        except ValueError as error:
            raise wrong from error
        is_plain = not (parts.query or parts.fragment or "@" in parts.netloc)
        if parts.scheme != "https" or not parts.hostname or not is_plain or " " in typed:
            raise wrong
        return typed

    def clean_domains(self) -> list[str]:
        """Read one domain a line."""
        found = [each.lower().lstrip("@") for each in str(self.cleaned_data["domains"]).split()]
        for each in found:
            if not DOMAIN.fullmatch(each):
                raise ValidationError(
                    _("« %(domain)s » n’est pas un domaine."), params={"domain": each[:80]}
                )
        if len(found) > DOMAINS_MOST:
            raise ValidationError(_("Trente domaines au plus."))
        return sorted(set(found))

    def clean(self) -> dict[str, Any]:
        """Ask for everything that a provider needs once it is offered."""
        known = super().clean() or {}
        if known.get("is_enabled"):
            for name in ("issuer", "client_id", "domains"):
                if not known.get(name) and name not in self.errors:
                    self.add_error(name, _("À remplir pour proposer cette connexion."))
        return known
