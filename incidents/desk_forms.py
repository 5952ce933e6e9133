"""What the team is asked when it moves a report, or says more about it."""

from collections.abc import Set as AbstractSet
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _, gettext_lazy

from incidents import references
from incidents.forms import AfterPhotoField
from incidents.geo import placed
from incidents.models import Category, ClockPause, Handler, ReplyTemplate, Report, Team
from incidents.models.reports import REASON_WORDS, STATUS_WORDS
from incidents.offered import Offered
from incidents.workflow import REASONS, Actor, Status, moves, reasons
from parvis.inputs import DayInput
from tenants.models import Commune


class MoveFields(forms.Form):
    """Where reports go, why, and the words that citizens read: one report, or many."""

    to = forms.ChoiceField(
        label=gettext_lazy("Nouvel état"),
        error_messages={"required": gettext_lazy("Choisissez le nouvel état.")},
    )
    reason = forms.ChoiceField(label=gettext_lazy("Raison"), required=False)
    planned_on = forms.DateField(
        label=gettext_lazy("Intervention prévue le"), required=False, widget=DayInput()
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

    needs = {
        Status.FORWARDED: ("handler", gettext_lazy("Choisissez à qui le transmettre.")),
        Status.AWAITING_REPORTER: ("text", gettext_lazy("Écrivez votre question.")),
    }
    """Which field a state cannot do without, and what is said when it is empty."""

    def offer_moves(self, legal: AbstractSet[Status]) -> None:
        """Say where they may go, for which reasons, and to whom outside."""
        known = dict.fromkeys(reason for each in legal for reason in REASONS.get(each, ()))
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (str(each), STATUS_WORDS[each]) for each in Status if each in legal
        ]
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            ("", "–"),
            *((str(each), REASON_WORDS[each]) for each in known),
        ]
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
        if not allowed:
            known["reason"] = ""
        if to != Status.PLANNED:
            known["planned_on"] = None
        field, words = self.needs.get(to, ("", ""))
        if field and not known.get(field) and field not in self.errors:
            self.add_error(field, ValidationError(words))
        return known


class MoveForm(MoveFields):
    """The move of one report, with what only one can have: a photo, a master, a commune."""

    needs = {
        **MoveFields.needs,
        Status.DUPLICATE: ("master", gettext_lazy("Donnez la référence du premier signalement.")),
        Status.TRANSFERRED: ("commune", gettext_lazy("Choisissez la commune.")),
    }
    master = forms.CharField(
        label=gettext_lazy("Référence du signalement qu’il répète"), max_length=12, required=False
    )
    commune = forms.ModelChoiceField(
        label=gettext_lazy("Remettre à la commune"),
        queryset=Commune.objects.none(),
        required=False,
        empty_label="–",
    )
    photo = AfterPhotoField(label=gettext_lazy("Photo après travaux"), required=False)
    template = forms.ModelChoiceField(
        label=gettext_lazy("Modèle de réponse"),
        queryset=ReplyTemplate.objects.none(),
        required=False,
        empty_label="–",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, report: Report, commune: Commune, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.report = report
        legal = moves(Status(report.status), Actor.STAFF)
        self.offer_moves(legal)
        ready = Commune.objects.open().exclude(pk=commune.pk)
        self._offer("commune", ready.order_by("name"))
        self._offer(
            "template",
            ReplyTemplate.objects.filter(
                Q(category=None) | Q(category=report.category_id),
                status__in=["", *(str(each) for each in legal)],
            ),
        )
        self.fields["template"].label_from_instance = _template_words  # type: ignore[attr-defined]

    def _offer(self, name: str, queryset: QuerySet[Any]) -> None:
        self.fields[name].queryset = queryset  # type: ignore[attr-defined]

    def clean_master(self) -> Report | None:
        """Find the report that this one repeats."""
        typed = references.typed(self.cleaned_data["master"])
        if not typed:
            return None
        found = Report.objects.filter(reference=typed).exclude(pk=self.report.pk).first()
        if found is None:
            raise ValidationError(_("Aucun autre signalement n’a cette référence."))
        return found


class EditForm(forms.Form):
    """What it is, where, for whom and how urgent."""

    category = forms.ModelChoiceField(
        label=gettext_lazy("Catégorie"), queryset=Category.objects.none(), empty_label=None
    )
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priorité"), choices=Report.Priority.choices, coerce=int
    )
    team = forms.ModelChoiceField(
        label=gettext_lazy("Équipe"), queryset=Team.objects.none(), required=False, empty_label="–"
    )
    address = forms.CharField(label=gettext_lazy("Adresse"), max_length=200, required=False)
    lat = forms.FloatField(
        label=gettext_lazy("Latitude"), required=False, min_value=-90, max_value=90
    )
    lon = forms.FloatField(
        label=gettext_lazy("Longitude"), required=False, min_value=-180, max_value=180
    )

    def __init__(self, report: Report, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "category": report.category_id,
            "priority": report.priority,
            "team": report.team_id,
            "address": report.address,
            "lat": report.lat,
            "lon": report.lon,
        }
        super().__init__(*args, **kwargs)
        known = Category.objects.exclude(door=Category.Door.REDIRECT).filter(
            Q(is_active=True) | Q(pk=report.category_id)
        )
        teams = Team.objects.filter(Q(is_active=True) | Q(pk=report.team_id))
        self.fields["category"].queryset = known  # type: ignore[attr-defined]
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A place has two numbers, or none."""
        known = super().clean() or {}
        lat, lon = known.get("lat"), known.get("lon")
        if (lat is None) != (lon is None) and not self.errors:
            words = _("Donnez la latitude et la longitude, ou aucune des deux.")
            self.add_error("lat", ValidationError(words))
        known["place"] = placed(lat, lon)
        return known


class AssignForm(forms.Form):
    """Which team, and who of it, takes care of a report."""

    team = forms.ChoiceField(label=gettext_lazy("Équipe"), required=False)
    person = forms.ChoiceField(label=gettext_lazy("Personne"), required=False)

    def __init__(self, report: Report, *args: Any, known: Offered, **kwargs: Any) -> None:
        kwargs["initial"] = {"team": report.team_id or "", "person": report.assignee_id or ""}
        kwargs["auto_id"] = "confier-%s"
        super().__init__(*args, **kwargs)
        self.report = report
        teams, people = dict(known.teams), dict(known.people)
        if report.team is not None:
            teams.setdefault(report.team.pk, report.team.name)
        if report.assignee_id is not None:
            people.setdefault(report.assignee_id, report.assignee_name)
        self.people = people
        for name, named in (("team", teams), ("person", people)):
            self.fields[name].choices = [  # type: ignore[attr-defined]
                ("", "–"),
                *((str(pk), label) for pk, label in named.items()),
            ]

    def chosen_team(self) -> Team | None:
        """Return the team that was chosen, if any."""
        typed = self.cleaned_data["team"]
        return Team.objects.filter(pk=int(typed)).first() if typed else None

    def chosen_person(self) -> tuple[int | None, str]:
        """Return the number and the name of the person who was chosen, if any."""
        typed = self.cleaned_data["person"]
        return (int(typed), self.people[int(typed)]) if typed else (None, "")


class PauseForm(forms.Form):
    """Why the clock stands still."""

    cause = forms.ChoiceField(label=gettext_lazy("Raison"), choices=ClockPause.Cause.choices)


class MergeForm(forms.Form):
    """The report that is handled instead."""

    master = forms.CharField(label=gettext_lazy("Référence"), max_length=12)


def _template_words(template: ReplyTemplate) -> str:
    """Name a template in a list, with the state it is meant for."""
    if template.status not in set(Status):
        return template.title
    return f"{template.title} ({STATUS_WORDS[Status(template.status)]})"
