"""What somebody looks for among the published reports, and the address she wants news at."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.geo import read_box
from incidents.models import Category, Zone
from incidents.published import DOORS, Wish


WORDS_MOST = 100


class WishForm(forms.Form):
    """Filters of the list and of the map; they are in the address of the page."""

    q = forms.CharField(
        label=_("Mots, rue ou référence"),
        max_length=WORDS_MOST,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    groupe = forms.ChoiceField(label=_("Sujet"), required=False)
    etat = forms.ChoiceField(
        label=_("État"),
        required=False,
        choices=[
            ("", _("Tous")),
            ("recus", _("Reçus")),
            ("en-cours", _("Pris en charge")),
            ("en-attente", _("En attente d’un autre")),
            ("termines", _("Terminés récemment")),
        ],
    )
    zone = forms.ChoiceField(label=_("Quartier"), required=False)
    boite = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        categories = Category.objects.filter(door__in=DOORS, is_staff_only=False)
        groups = {each.group: each.group_label for each in categories}
        self.fields["groupe"].choices = [("", _("Tous")), *groups.items()]  # type: ignore[attr-defined]
        self.zones = {str(each.pk): each for each in Zone.objects.all()}
        if self.zones:
            named = [(key, each.name) for key, each in self.zones.items()]
            self.fields["zone"].choices = [("", _("Toute la commune")), *named]  # type: ignore[attr-defined]
        else:
            del self.fields["zone"]

    @property
    def wish(self) -> Wish:
        """Return what is looked for; what makes no sense is not looked for."""
        known = self.cleaned_data
        return Wish(
            group=known.get("groupe", ""),
            state=known.get("etat", ""),
            zone=self.zones.get(known.get("zone", "")),
            words=known.get("q", ""),
            box=read_box(known.get("boite", "")),
        )


class FollowForm(forms.Form):
    """Where news of somebody else's report are sent."""

    email = forms.EmailField(
        label=_("Votre courriel"),
        help_text=_("Il sert à vous prévenir, à rien d’autre, et n’est jamais publié."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Donnez l’adresse où vous voulez être prévenu."),
            "invalid": _("Cette adresse n’est pas complète."),
        },
    )
