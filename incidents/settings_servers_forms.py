"""Where the Open311 server of a body is, and which of its services stand for our categories."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from incidents.models import Category, OpenServer


LINE = re.compile(r"([a-z0-9_-]{1,40})\s*=\s*(\S{1,80})", re.ASCII)


class ServerForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """The server of one body; its key is never shown again."""

    url = forms.URLField(
        label=gettext_lazy("Adresse du serveur"),
        help_text=gettext_lazy("Celle à laquelle s’ajoute « services.xml », en https."),
        max_length=300,
        assume_scheme="https",
        error_messages={
            "required": gettext_lazy("Donnez l’adresse du serveur."),
            "invalid": gettext_lazy("Cette adresse n’est pas complète."),
        },
    )
    secret = forms.CharField(
        label=gettext_lazy("Clé que ce serveur vous a donnée"),
        help_text=gettext_lazy("Laissez vide pour garder celle qui est connue."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        max_length=200,
        required=False,
    )
    mapping = forms.CharField(
        label=gettext_lazy("Vos catégories et leurs services, un couple par ligne"),
        help_text=gettext_lazy("Votre code, puis le leur : « nid-de-poule = 12 »."),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=6000,
        required=False,
    )

    class Meta:
        model = OpenServer
        fields = (
            *("url", "jurisdiction", "fallback", "poll_minutes", "overlap_minutes"),
            *("has_updates", "is_extended", "is_active"),
        )
        labels = {
            "jurisdiction": gettext_lazy("jurisdiction_id, s’il en demande un"),
            "fallback": gettext_lazy("Service pour toutes les autres catégories"),
            "poll_minutes": gettext_lazy("Demander des nouvelles toutes les… minutes"),
            "overlap_minutes": gettext_lazy("En relisant les… dernières minutes"),
            "has_updates": gettext_lazy("Il tient l’extension des suites"),
            "is_extended": gettext_lazy("Il connaît les états détaillés"),
            "is_active": gettext_lazy("En service"),
        }
        help_texts = {
            "fallback": gettext_lazy("Vide : les autres catégories partent par courriel."),
            "overlap_minutes": gettext_lazy("Deux heures conviennent presque toujours."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pairs = sorted(self.instance.codes.items())
        self.initial["mapping"] = "\n".join(f"{ours} = {theirs}" for ours, theirs in pairs)
        self.fields["poll_minutes"] = forms.IntegerField(
            label=self.fields["poll_minutes"].label, min_value=1, max_value=1440
        )

    def clean_url(self) -> str:
        """Refuse an address that would never be asked."""
        url: str = self.cleaned_data["url"]
        if not url.lower().startswith("https://"):
            raise forms.ValidationError(
                _("Cette adresse ne mène pas à un serveur public en https.")
            )
        return url

    def clean_mapping(self) -> dict[str, str]:
        """Read the pairs; a code that is none of ours is a mistake."""
        lines = [each.strip() for each in self.cleaned_data["mapping"].splitlines()]
        pairs = [(each, LINE.fullmatch(each)) for each in lines if each]
        if wrong := [each for each, found in pairs if found is None]:
            raise forms.ValidationError(
                _("Cette ligne ne se lit pas : « %(line)s ».") % {"line": wrong[0][:80]}
            )
        codes = {found[1]: found[2] for _line, found in pairs if found is not None}
        known = set(Category.objects.filter(code__in=codes).values_list("code", flat=True))
        if unknown := sorted(set(codes) - known):
            raise forms.ValidationError(
                _("Aucune de vos catégories n’a le code %(code)s.") % {"code": unknown[0]}
            )
        return codes

    @property
    def told(self) -> dict[str, Any]:
        """Return what the form says, by the names of the columns."""
        said = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return said | {"codes": self.cleaned_data["mapping"], "key": self.cleaned_data["secret"]}
