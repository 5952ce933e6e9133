"""What may be asked of the list, and what is typed about a commune."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy

from ideas.models import Idea
from onboarding.contacts import Person, Said
from onboarding.followed import Followed
from onboarding.models import Contact, ExistingSolution, Interaction
from onboarding.pipeline import Wish
from onboarding.stages import EVIDENCE, NEEDS_DATE, NEEDS_REASON, Module, Reason, Stage
from parvis.inputs import DayInput
from tenants.directory import normalise
from tenants.models import User


ANY = ("", gettext_lazy("Toutes"))
ANYBODY = ("", gettext_lazy("Tous"))
NOBODY = "0"
FAR = date(2100, 1, 1)
LONG_AGO = date(2000, 1, 1)


class PipelineFilter(forms.Form):
    """Narrow the list down; nonsense narrows nothing."""

    q = forms.CharField(
        label=gettext_lazy("Commune, personne ou éditeur"), required=False, max_length=100
    )
    module = forms.ChoiceField(
        label=gettext_lazy("Module"), required=False, choices=Module.choices
    )
    stage = forms.ChoiceField(
        label=gettext_lazy("Étape"), required=False, choices=[ANY, *Stage.choices]
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Raison"), required=False, choices=[ANY, *Reason.choices]
    )
    referent = forms.ChoiceField(label=gettext_lazy("Référent"), required=False)
    late = forms.BooleanField(label=gettext_lazy("En retard"), required=False)
    window = forms.BooleanField(label=gettext_lazy("Fenêtre ouverte"), required=False)
    equipped = forms.BooleanField(label=gettext_lazy("Communes équipées"), required=False)

    def __init__(self, *args: Any, team: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(user.pk), str(user)) for user in team]
        chosen = [ANYBODY, (NOBODY, gettext_lazy("personne")), *people]
        self.fields["referent"].choices = chosen  # type: ignore[attr-defined]
        self.asked: dict[str, Any] = {}
        if self.is_valid():
            self.asked = {key: value for key, value in self.cleaned_data.items() if value}

    @property
    def chosen_module(self) -> Module:
        """The module the list is about; appointments unless another is asked for."""
        return Module(self.asked.get("module") or Module.BOOKING)

    def apply(self, rows: Sequence[Followed]) -> list[Followed]:
        """Keep the rows that answer to every filter; accents and hyphens do not count."""
        return [row for row in rows if self._keeps(row)]

    def _keeps(self, row: Followed) -> bool:
        asked = self.asked
        tests: dict[str, Callable[[Any], bool]] = {
            "q": lambda wanted: _answers(row, wanted),
            "stage": lambda wanted: row.is_eligible and row.stage == wanted,
            "reason": lambda wanted: (
                wanted == row.reason or any(each.reason_code == wanted for each in row.obstacles)
            ),
            "referent": lambda wanted: str(row.referent_id or NOBODY) == wanted,
            "late": lambda _wanted: row.is_late,
            "window": lambda _wanted: row.is_window_open,
            "equipped": lambda _wanted: row.commune.station_count > 0,
        }
        return all(tests[key](wanted) for key, wanted in asked.items() if key in tests)


def _answers(row: Followed, wanted: str) -> bool:
    words = normalise(wanted)
    return (
        words in normalise(row.commune.name)
        or words == row.commune.insee_code.lower()
        or words in row.words
    )


def _day(label: Any, *, required: bool = False, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        widget=DayInput(),
        help_text=help_text,
        error_messages={
            "required": gettext_lazy("Indiquez une date."),
            "invalid": gettext_lazy("Écrivez la date ainsi : 31/12/2026."),
        },
    )


class NextStep(forms.Form):
    """What is done next and when: both or neither."""

    next_action = forms.CharField(
        label=gettext_lazy("Prochaine action"), required=False, max_length=200
    )
    next_on = _day(gettext_lazy("À faire pour le"))

    def clean(self) -> dict[str, Any]:
        """Refuse an action without a day and a day without an action."""
        known = super().clean() or {}
        action, on = known.get("next_action"), known.get("next_on")
        if action and "next_on" not in self.errors and not on:
            self.add_error("next_on", _("Indiquez pour quand."))
        if on and not action:
            self.add_error("next_action", _("Dites ce qui est à faire."))
        if on and not LONG_AGO <= on <= FAR:
            self.add_error("next_on", _("Cette date est trop loin."))
        return known


class MoveForm(NextStep):
    """What a stage asks for, and nothing it does not."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Raison"),
        choices=[("", gettext_lazy("Choisissez")), *Reason.choices],
        error_messages={"required": gettext_lazy("Choisissez une raison.")},
    )
    evidence = forms.CharField(
        label=gettext_lazy("Ce qui le montre"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Dites ce qui montre que l’étape est atteinte.")},
    )
    until = _day(gettext_lazy("Jusqu’au"), required=True)
    field_order = ["reason", "evidence", "until", "next_action", "next_on"]

    def __init__(self, *args: Any, stage: Stage, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stage, self.today = stage, today
        if stage not in NEEDS_REASON:
            del self.fields["reason"]
        if stage not in NEEDS_DATE:
            del self.fields["until"]
        elif stage == Stage.DECLINED:
            self.fields["until"].label = _("Reprendre contact à partir du")
        self.fields["evidence"].required = stage in EVIDENCE
        if stage in EVIDENCE:
            self.fields["evidence"].help_text = EVIDENCE[stage]
        else:
            self.fields["evidence"].label = _("Note")

    def clean_until(self) -> date:
        """Ask for a day to come."""
        day: date = self.cleaned_data["until"]
        if not self.today < day <= FAR:
            raise ValidationError(_("Choisissez une date à venir."))
        return day

    @property
    def wish(self) -> Wish:
        """Where the commune is to go."""
        known = self.cleaned_data
        return Wish(
            stage=self.stage,
            reason=Reason(known["reason"]) if known.get("reason") else None,
            evidence=known["evidence"],
            until=known.get("until"),
            next_action=known["next_action"],
            next_on=known["next_on"],
        )


class ContactForm(forms.Form):
    """Somebody at a town hall."""

    name = forms.CharField(
        label=gettext_lazy("Nom"),
        max_length=120,
        error_messages={"required": gettext_lazy("Saisissez un nom.")},
    )
    function = forms.CharField(label=gettext_lazy("Fonction"), required=False, max_length=120)
    phone = forms.CharField(label=gettext_lazy("Téléphone"), required=False, max_length=30)
    email = forms.EmailField(label=gettext_lazy("Courriel"), required=False)
    is_main = forms.BooleanField(label=gettext_lazy("À appeler d’abord"), required=False)

    @property
    def person(self) -> Person:
        """Whom the form describes."""
        return Person(**self.cleaned_data)


class SaidForm(NextStep):
    """What was said with a commune."""

    kind = forms.ChoiceField(label=gettext_lazy("Quoi"), choices=Interaction.Kind.choices)
    on = _day(gettext_lazy("Le"), required=True)
    contact = forms.ModelChoiceField(
        label=gettext_lazy("Avec qui"),
        queryset=Contact.objects.none(),
        required=False,
        empty_label=gettext_lazy("quelqu’un d’autre"),
    )
    text = forms.CharField(
        label=gettext_lazy("Ce qui a été dit"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Écrivez en une phrase ce qui a été dit.")},
    )
    field_order = ["kind", "on", "contact", "text", "next_action", "next_on"]

    def __init__(
        self, *args: Any, contacts: Sequence[Contact], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        field = self.fields["contact"]
        field.queryset = Contact.objects.filter(  # type: ignore[attr-defined]
            pk__in=[each.pk for each in contacts]
        )

    def clean_on(self) -> date:
        """Refuse what has not happened yet."""
        day: date = self.cleaned_data["on"]
        if not LONG_AGO <= day <= self.today:
            raise ValidationError(
                _("Cette date n’est pas encore passée, ou l’est depuis longtemps.")
            )
        return day

    @property
    def said(self) -> Said:
        """What was said."""
        known = self.cleaned_data
        return Said(
            kind=Interaction.Kind(known["kind"]),
            on=known["on"],
            text=known["text"],
            next_action=known["next_action"],
            next_on=known["next_on"],
        )


class ObstacleForm(forms.Form):
    """What holds a commune back."""

    module = forms.ChoiceField(label=gettext_lazy("Module"), choices=Module.choices)
    reason = forms.ChoiceField(
        label=gettext_lazy("Raison"),
        choices=[("", gettext_lazy("Choisissez")), *Reason.choices],
        error_messages={"required": gettext_lazy("Choisissez une raison.")},
    )
    detail = forms.CharField(
        label=gettext_lazy("Précisions"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Avec quoi est-ce lié, avec qui, jusqu’à quand ?"),
    )
    idea = forms.ModelChoiceField(
        label=gettext_lazy("L’idée qui le lèverait"),
        queryset=Idea.objects.none(),
        required=False,
        empty_label=gettext_lazy("aucune"),
    )

    def __init__(self, *args: Any, ideas: Any, is_new: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["idea"].queryset = ideas  # type: ignore[attr-defined]
        if not is_new:
            del self.fields["module"], self.fields["reason"]


class SolutionForm(forms.Form):
    """What a commune uses today for a module."""

    vendor = forms.CharField(
        label=gettext_lazy("Éditeur"),
        max_length=120,
        error_messages={"required": gettext_lazy("Saisissez l’éditeur.")},
    )
    product = forms.CharField(label=gettext_lazy("Produit"), required=False, max_length=120)
    contract_end = _day(gettext_lazy("Fin du contrat"))
    notice_days = forms.IntegerField(
        label=gettext_lazy("Préavis, en jours"),
        min_value=0,
        max_value=1000,
        initial=90,
        error_messages={
            "required": gettext_lazy("Indiquez le préavis, 0 s’il n’y en a pas."),
            "invalid": gettext_lazy("Écrivez un nombre de jours."),
        },
    )
    integrated_with = forms.MultipleChoiceField(
        label=gettext_lazy("Relié à"),
        choices=ExistingSolution.Link.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    satisfaction = forms.TypedChoiceField(
        label=gettext_lazy("La commune en est"),
        choices=[
            ("", gettext_lazy("on ne sait pas")),
            (1, gettext_lazy("très mécontente")),
            (2, gettext_lazy("mécontente")),
            (3, gettext_lazy("ni contente ni mécontente")),
            (4, gettext_lazy("contente")),
            (5, gettext_lazy("très contente")),
        ],
        required=False,
        coerce=int,
        empty_value=None,
    )
    export_formats = forms.MultipleChoiceField(
        label=gettext_lazy("Peut exporter"),
        choices=ExistingSolution.Format.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    mode = forms.TypedChoiceField(
        label=gettext_lazy("Cohabitation avec Parvis"),
        choices=[("", gettext_lazy("pas encore")), *ExistingSolution.Mode.choices],
        required=False,
        coerce=int,
        empty_value=None,
        help_text=gettext_lazy(
            "Reliée (les deux premiers modes), la commune est comptée à côté de celles en service."
        ),
    )

    def clean_contract_end(self) -> date | None:
        """Refuse what no contract says."""
        day: date | None = self.cleaned_data["contract_end"]
        if day and not LONG_AGO <= day <= FAR:
            raise ValidationError(_("Cette date n’est pas celle d’un contrat."))
        return day


class TaskForm(forms.Form):
    """Something to do for a commune."""

    title = forms.CharField(
        label=gettext_lazy("Quoi faire"),
        max_length=200,
        error_messages={"required": gettext_lazy("Dites ce qui est à faire.")},
    )
    due = _day(gettext_lazy("Pour le"), required=True)
    why = forms.CharField(
        label=gettext_lazy("Pourquoi"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    script = forms.CharField(
        label=gettext_lazy("Que dire"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_due(self) -> date:
        """Refuse what no diary holds."""
        day: date = self.cleaned_data["due"]
        if not LONG_AGO <= day <= FAR:
            raise ValidationError(_("Cette date est trop loin."))
        return day


class ReferentForm(forms.Form):
    """Who answers for a commune, and who stands in."""

    main = forms.ModelChoiceField(
        label=gettext_lazy("Référent"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("personne"),
    )
    backup = forms.ModelChoiceField(
        label=gettext_lazy("Suppléant"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("personne"),
    )

    def __init__(self, *args: Any, team: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("main", "backup"):
            self.fields[name].queryset = team  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse one person for both."""
        known = super().clean() or {}
        if known.get("main") and known.get("main") == known.get("backup"):
            self.add_error("backup", _("Choisissez quelqu’un d’autre que le référent."))
        return known
