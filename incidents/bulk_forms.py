"""What is asked when the same is done to many reports."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy

from incidents.models import Handler, Report
from incidents.models.reports import REASON_WORDS, STATUS_WORDS
from incidents.offered import Offered
from incidents.workflow import REASONS, Actor, Status, moves, reasons
from parvis.inputs import DayInput


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


class MoveManyForm(ManyForm):
    """Where they go, why, and the words that citizens read."""

    to = forms.ChoiceField(
        label=gettext_lazy("Nouvel état"),
        error_messages={"required": gettext_lazy("Choisissez le nouvel état.")},
    )
    reason = forms.ChoiceField(label=gettext_lazy("Raison"), required=False)
    planned_on = forms.DateField(
        label=gettext_lazy("Intervention prévue le"),
        required=False,
        widget=DayInput(),
    )
    handler = forms.ModelChoiceField(
        label=gettext_lazy("Transmettre à"),
        queryset=Handler.objects.none(),
        required=False,
        empty_label="–",
    )
    text = forms.CharField(
        label=gettext_lazy("Message public"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, data: Any = None, *, reports: list[Report], known: Offered) -> None:
        super().__init__(data, reports=reports, known=known)
        states = {Status(each.status) for each in reports}
        legal = set().union(*(moves(each, Actor.STAFF) for each in states)) - ONE_BY_ONE
        self.offer("to", [(str(each), STATUS_WORDS[each]) for each in Status if each in legal])
        known_reasons = dict.fromkeys(why for each in legal for why in REASONS.get(each, ()))
        self.offer(
            "reason", [("", "–"), *((str(each), REASON_WORDS[each]) for each in known_reasons)]
        )
        handlers = Handler.objects.filter(is_active=True).exclude(kind=Handler.Kind.MEMBER)
        self.fields["handler"].queryset = handlers  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for what the new state needs."""
        known = super().clean() or {}
        if not known.get("to"):
            return known
        to = Status(known["to"])
        allowed = reasons(to)
        if allowed and known.get("reason") not in allowed:
            self.add_error("reason", ValidationError(_("Choisissez une raison.")))
        known["reason"] = known.get("reason", "") if allowed else ""
        known["planned_on"] = known.get("planned_on") if to == Status.PLANNED else None
        if to == Status.FORWARDED and not known.get("handler"):
            self.add_error("handler", ValidationError(_("Choisissez à qui le transmettre.")))
        if to == Status.AWAITING_REPORTER and not known.get("text"):
            self.add_error("text", ValidationError(_("Écrivez votre question.")))
        return known


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
