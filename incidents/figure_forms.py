"""Which figures are asked for: a period, and perhaps one subject, team or zone."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from incidents.metrics import Scope
from incidents.models import Category, Team, Zone
from parvis.inputs import PeriodForm
from parvis.periods import Period


GROUP, CATEGORY = "groupe:", "sujet:"


class ScopeForm(PeriodForm):
    """From which day to which, about what, by whom, where; three queries for what is offered."""

    sujet = forms.ChoiceField(label=gettext_lazy("Sujet"), required=False)
    equipe = forms.ChoiceField(label=gettext_lazy("Équipe"), required=False)
    zone = forms.ChoiceField(label=gettext_lazy("Zone"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.categories = {each.code: each for each in Category.objects.order_by("name")}
        self.teams = {str(each.pk): each for each in Team.objects.all()}
        self.zones = {str(each.pk): each for each in Zone.objects.all()}
        groups = sorted({each.group for each in self.categories.values()})
        self._offer(
            "sujet",
            _("Tous"),
            (_("Groupes"), [(GROUP + name, name) for name in groups]),
            (_("Sujets"), [(CATEGORY + c.code, c.name) for c in self.categories.values()]),
        )
        self._offer("equipe", _("Toutes"), *[(key, t.name) for key, t in self.teams.items()])
        self._offer("zone", _("Toutes"), *[(key, z.name) for key, z in self.zones.items()])

    def _offer(self, name: str, every: str, *choices: Any) -> None:
        self.fields[name].choices = [("", every), *choices]  # type: ignore[attr-defined]

    def scope(self, zone: ZoneInfo) -> Scope:
        """Return what was asked for; the form is valid."""
        known = self.cleaned_data
        subject = known["sujet"]
        return Scope(
            period=Period(known["du"], known["au"], zone),
            category=self.categories.get(subject.removeprefix(CATEGORY)),
            group=subject.removeprefix(GROUP) if subject.startswith(GROUP) else "",
            team=self.teams.get(known["equipe"]),
            zone=self.zones.get(known["zone"]),
        )

    @property
    def asked(self) -> dict[str, str]:
        """What makes the same question again, as in an address."""
        known = self.cleaned_data
        days = {name: known[name].isoformat() for name in ("du", "au")}
        return days | {name: known[name] for name in ("sujet", "equipe", "zone") if known[name]}
