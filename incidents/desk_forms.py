"""What the team is asked when it moves a report."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy

from incidents.models import Handler, Report
from incidents.models.reports import REASON_WORDS, STATUS_WORDS
from incidents.workflow import REASONS, Actor, Status, moves, reasons


ELSEWHERE = {Status.DUPLICATE, Status.TRANSFERRED}  # moves that ask for more than this form does


class MoveForm(forms.Form):
    """The next state, its reason, and the words that citizens read."""

    to = forms.ChoiceField(
        label=gettext_lazy("Nouvel état"),
        error_messages={"required": gettext_lazy("Choisissez le nouvel état.")},
    )
    reason = forms.ChoiceField(label=gettext_lazy("Raison"), required=False)
    planned_on = forms.DateField(
        label=gettext_lazy("Intervention prévue le"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    handler = forms.ModelChoiceField(
        label=gettext_lazy("Transmettre à"), queryset=Handler.objects.none(), required=False
    )
    text = forms.CharField(
        label=gettext_lazy("Message public"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, report: Report, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        legal = moves(Status(report.status), Actor.STAFF) - ELSEWHERE
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (str(each), STATUS_WORDS[each]) for each in Status if each in legal
        ]
        known = dict.fromkeys(reason for each in legal for reason in REASONS.get(each, ()))
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            ("", "–"),
            *((str(each), REASON_WORDS[each]) for each in known),
        ]
        self.fields["handler"].queryset = Handler.objects.filter(  # type: ignore[attr-defined]
            is_active=True
        ).exclude(kind=Handler.Kind.MEMBER)

    def clean(self) -> dict[str, Any]:
        """Ask for what the new state needs."""
        known = super().clean() or {}
        to = known.get("to")
        if not to:
            return known
        allowed = reasons(Status(to))
        if allowed and known.get("reason") not in allowed:
            self.add_error("reason", ValidationError(_("Choisissez une raison.")))
        if not allowed:
            known["reason"] = ""
        if to == Status.FORWARDED and known.get("handler") is None:
            self.add_error("handler", ValidationError(_("Choisissez à qui le transmettre.")))
        if to == Status.AWAITING_REPORTER and not known.get("text"):
            self.add_error("text", ValidationError(_("Écrivez votre question.")))
        return known
