"""What an administrator types about the commune's names and sites."""

from django import forms
from django.utils.translation import gettext_lazy as _

from widgets.snippets import Kind, System


class NameForm(forms.Form):
    """A host name; its rules are checked by the action that asks for it."""

    name = forms.CharField(
        label=_("Nom de domaine"),
        max_length=253,
        help_text=_("Un nom sous le domaine de votre commune, par exemple « rdv.pauillac.fr »."),
        error_messages={"required": _("Indiquez un nom de domaine.")},
    )


class SiteForm(forms.Form):
    """A page of the commune's site that shows the widget."""

    page = forms.CharField(
        label=_("Page de votre site"),
        max_length=300,
        help_text=_("L’adresse complète de la page, par exemple « https://www.pauillac.fr/ »."),
        error_messages={"required": _("Indiquez l’adresse d’une page.")},
    )


class SnippetForm(forms.Form):
    """What to show, and where; every choice has a usable default."""

    kind = forms.ChoiceField(label=_("À montrer"), choices=Kind.choices, required=False)
    service = forms.ChoiceField(label=_("Motif"), required=False)
    system = forms.ChoiceField(
        label=_("Votre site est fait avec"), choices=System.choices, required=False
    )

    def __init__(self, services: list[tuple[str, str]], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["service"].choices = [("", _("Tous les motifs")), *services]  # type: ignore[attr-defined]

    @property
    def choice(self) -> tuple[str, str, str]:
        """What is shown, for which service, in which system; the first of each when unknown."""
        said = self.cleaned_data if self.is_valid() else {}
        return (
            said.get("kind") or Kind.BOOKING.value,
            said.get("service", ""),
            said.get("system") or System.HTML.value,
        )
