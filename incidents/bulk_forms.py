"""What is asked when the same is done to many reports."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from incidents.desk_forms import MoveFields
from incidents.models import Report
from incidents.offered import Offered
from incidents.workflow import Actor, Status, moves


ONE_BY_ONE = frozenset({Status.TRANSFERRED, Status.DUPLICATE})
"""What needs another report or commune for each."""


class ManyForm(forms.Form):
    """A question about many reports; ``reports`` are those, ``known`` what can be named."""

    def __init__(self, data: Any = None, *, reports: list[Report], known: Offered) -> None:
        super().__init__(data)
        self.reports = reports
        self.known = known

    def offer(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        """Say what one question may be answered with."""
        self.fields[name].choices = choices  # type: ignore[attr-defined]


class MoveManyForm(MoveFields, ManyForm):
    """The same move for all of them."""

    def __init__(self, data: Any = None, *, reports: list[Report], known: Offered) -> None:
        super().__init__(data, reports=reports, known=known)
        states = {Status(each.status) for each in reports}
        self.offer_moves(set().union(*(moves(each, Actor.STAFF) for each in states)) - ONE_BY_ONE)


class AssignManyForm(ManyForm):
    """To which team, or to whom."""

    team = forms.ChoiceField(label=gettext_lazy("Équipe"))
    person = forms.ChoiceField(label=gettext_lazy("Confier à"))

    KEPT = "="

    def __init__(self, data: Any = None, *, reports: list[Report], known: Offered) -> None:
        super().__init__(data, reports=reports, known=known)
        kept = (self.KEPT, _("ne pas changer"))
        self.offer("team", [kept, ("0", _("aucune")), *_named(known.teams)])
        self.offer("person", [kept, ("0", _("personne")), *_named(known.people)])


class PrioritiseManyForm(ManyForm):
    """How urgent they are."""

    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priorité"), choices=Report.Priority.choices, coerce=int
    )


def _named(pairs: tuple[tuple[int, str], ...]) -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in pairs]
