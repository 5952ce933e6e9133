"""What the lists of the team ask; the answers are their address."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _, gettext_lazy, pgettext_lazy

from incidents import filters
from incidents.filters import Filter
from incidents.models import Category, Report
from incidents.models.reports import STATUS_WORDS
from incidents.offered import Offered
from incidents.workflow import Status
from parvis.inputs import DayInput


Choices = list[tuple[Any, Any]]
STATE_WORDS = {
    filters.TO_DO: gettext_lazy("À traiter"),
    filters.DOING: gettext_lazy("En cours"),
    filters.WAITS: gettext_lazy("En attente"),
    filters.DONE: gettext_lazy("Clos"),
    filters.OPEN_ONES: gettext_lazy("Tout ce qui est ouvert"),
    filters.ALL: gettext_lazy("Tous"),
}
ORDER_WORDS = {
    filters.URGENT: gettext_lazy("les plus urgents"),
    filters.NEWEST: gettext_lazy("les plus récents"),
    filters.OLDEST: gettext_lazy("les plus anciens"),
    filters.CHANGED: gettext_lazy("les derniers modifiés"),
    filters.CONCERNED: gettext_lazy("le plus d’habitants concernés"),
}
FLAG_WORDS = {
    "late": gettext_lazy("En retard"),
    "silent": gettext_lazy("Sans nouvelles depuis 7 jours"),
    "unread": gettext_lazy("À relire"),
    "contested": gettext_lazy("Contestés"),
}


class FilterForm(forms.Form):
    """Sent by GET; shown as the address says, never refused."""

    use_required_attribute = False
    q = forms.CharField(
        label=gettext_lazy("Référence, adresse ou mots"),
        max_length=filters.WORDS_MOST,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    etat = forms.ChoiceField(label=gettext_lazy("État"))
    categorie = forms.ChoiceField(label=gettext_lazy("Catégorie"))
    quartier = forms.ChoiceField(label=gettext_lazy("Quartier"))
    equipe = forms.ChoiceField(label=gettext_lazy("Équipe"))
    agent = forms.ChoiceField(label=gettext_lazy("Confié à"))
    priorite = forms.ChoiceField(label=gettext_lazy("Priorité"))
    recu = forms.ChoiceField(label=pgettext_lazy("signalement", "Reçu"))
    porte = forms.ChoiceField(label=gettext_lazy("Nature"))
    du = forms.DateField(
        label=gettext_lazy("Reçu à partir du"),
        widget=DayInput(),
    )
    au = forms.DateField(
        label=gettext_lazy("Reçu jusqu’au"),
        widget=DayInput(),
    )
    tri = forms.ChoiceField(label=gettext_lazy("D’abord"))

    def __init__(self, wanted: Filter, known: Offered) -> None:
        super().__init__(initial=wanted.as_data() | {"tri": wanted.sorting}, auto_id="filtre-%s")
        self._offer("etat", _states())
        self._offer("categorie", [("", _("toutes")), *_kinds(known)])
        self._offer("quartier", [("", _("tous")), *_named(known.zones)])
        self._offer(
            "equipe", [("", _("toutes")), (filters.NOBODY, _("aucune")), *_named(known.teams)]
        )
        self._offer(
            "agent",
            [
                ("", _("tout le monde")),
                (filters.MINE, _("moi")),
                (filters.NOBODY, _("personne")),
                *_named(known.people),
            ],
        )
        self._offer("priorite", [("", _("toutes")), *Report.Priority.choices])
        self._offer("recu", [("", _("de toute façon")), *Report.Channel.choices])
        doors = [each for each in Category.Door.choices if each[0] != Category.Door.REDIRECT]
        self._offer("porte", [("", _("toutes")), *doors])
        self._offer("tri", list(ORDER_WORDS.items()))
        if not known.zones:
            del self.fields["quartier"]

    def _offer(self, name: str, choices: Choices) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]


def _states() -> Choices:
    return [
        *STATE_WORDS.items(),
        (_("Un seul état"), [(str(each), STATUS_WORDS[each]) for each in Status]),
    ]


def _kinds(known: Offered) -> Choices:
    """List the categories under their groups; a whole group can be chosen."""
    return [
        (
            group,
            [
                (group, _("%(group)s : tout") % {"group": group}),
                *((each.code, each.name) for each in known.kinds if each.group == group),
            ],
        )
        for group in known.groups
    ]


def _named(pairs: tuple[tuple[int, str], ...]) -> Choices:
    return [(str(pk), name) for pk, name in pairs]


class SaveForm(forms.Form):
    """The name under which a filter is kept."""

    name = forms.CharField(
        label=gettext_lazy("Nom du filtre"),
        max_length=60,
        error_messages={"required": gettext_lazy("Donnez un nom à ce filtre.")},
    )
    is_shared = forms.BooleanField(label=gettext_lazy("Le partager avec l’équipe"), required=False)
    query = forms.CharField(max_length=500, required=False, widget=forms.HiddenInput)


class ExportForm(forms.Form):
    """Which file, and whether it holds what is personal."""

    use_required_attribute = False
    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=[
            ("csv", gettext_lazy("CSV, pour un tableur")),
            ("xlsx", gettext_lazy("Excel (XLSX)")),
            ("geojson", gettext_lazy("GeoJSON, pour une carte")),
        ],
    )
    textes = forms.BooleanField(
        label=gettext_lazy("Avec le texte des signalements"),
        widget=forms.CheckboxInput(attrs={"value": "1"}),
    )
    personnes = forms.BooleanField(
        label=gettext_lazy("Avec le nom, le téléphone et le courriel des déclarants"),
        help_text=gettext_lazy("Données personnelles : à effacer après usage."),
        widget=forms.CheckboxInput(attrs={"value": "1"}),
    )

    def __init__(self, *, may_handle: bool) -> None:
        super().__init__(auto_id="export-%s")
        if not may_handle:
            del self.fields["personnes"]
