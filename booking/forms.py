"""What citizens may ask for and tell."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from booking.checklists import choice_label, question_label, questions
from booking.models import Service
from booking.number_forms import NUMBERS_MOST, NumberedForm, require
from booking.people import Person
from booking.situations import Question


REFERENCE = re.compile(r"[0-9A-HJKMNP-TV-Z]{8}")
CONFUSED = str.maketrans("OIL", "011")  # Crockford's base 32 reads them so
PHONE = re.compile(r"0[1-9][0-9]{8}|\+[1-9][0-9]{6,14}")
FIRST_YEAR, LAST_YEAR = 2000, 2100  # beyond, adding a day to a date may overflow
UNREADABLE_SLOT = _("Ce créneau est illisible. Choisissez-en un autre.")


SAME, OTHER = "meme", "autre"


class SituationForm(forms.Form):
    """For whom, and in which situation: a few taps, each with its usual answer.

    The questions depend on the answers. What was not answered has its usual answer; what does not
    fit any more is forgotten; what was never offered is an error.
    """

    persons = forms.IntegerField(
        label=_("Pour combien de personnes ?"),
        min_value=1,
        error_messages={
            "required": _("Indiquez le nombre de personnes."),
            "invalid": _("Indiquez le nombre de personnes en chiffres."),
            "min_value": _("Au moins une personne vient au rendez-vous."),
        },
    )

    def __init__(self, service: Service, given: Mapping[str, Any]) -> None:
        self.asked, is_offered = _ask(service, given)
        self.cases = _cases(service, given) if self.asked else []
        values = {"persons": given.get("persons", 1)}
        values |= _answers(self.asked, given, is_offered=is_offered)
        for case in self.cases:
            values |= {case.name: SAME if case.is_same else OTHER}
            values |= _answers(case.asked, given, is_offered=case.is_offered, suffix=case.suffix)
        super().__init__(values)
        self.service = service
        self._offer_persons(service.most_persons)
        self._ask_about(self.asked)
        for case in self.cases:
            self.fields[case.name] = forms.ChoiceField(
                label=gettext("Personne %(n)s") % {"n": case.number},
                choices=[
                    (SAME, _("Même situation que la première personne")),
                    (OTHER, _("Une autre situation")),
                ],
                widget=forms.RadioSelect,
            )
            self._ask_about(case.asked, case.suffix)
        self.unseen = [name for name in self.fields if name != "persons" and name not in given]

    def _ask_about(self, asked: Iterable[Question], suffix: str = "") -> None:
        for question in asked:
            self.fields[f"{question.key}{suffix}"] = forms.ChoiceField(
                label=question_label(question.key),
                choices=[(each, choice_label(question.key, each)) for each in question.choices],
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": _("Choisissez une des réponses proposées.")},
            )

    def _offer_persons(self, most: int) -> None:
        field = self.fields["persons"]
        too_many = ngettext(
            "Cette démarche est prévue pour une seule personne.",
            "%(most)s personnes au plus par rendez-vous. Au-delà, appelez la mairie.",
            most,
        ) % {"most": most}
        field.validators.append(MaxValueValidator(most, message=too_many))
        field.widget.attrs |= {"min": 1, "max": most}
        if most == 1:
            field.widget = forms.HiddenInput()

    @property
    def usual(self) -> list[forms.BoundField]:
        """The questions put forward."""
        return [self[question.key] for question in self.asked if not question.extra]

    @property
    def rarer(self) -> list[forms.BoundField]:
        """The questions for rarer cases, out of the way."""
        return [self[question.key] for question in self.asked if question.extra]

    @property
    def is_special(self) -> bool:
        """Whether a rarer question has an answer that is not the usual one."""
        return any(
            question.extra and question.answer != question.choices[0] for question in self.asked
        )

    @property
    def others(self) -> list[tuple[forms.BoundField, list[forms.BoundField]]]:
        """For each other person: whether she is in the same situation, and what else to ask."""
        return [
            (self[case.name], [self[f"{each.key}{case.suffix}"] for each in case.asked])
            for case in self.cases
        ]

    @property
    def answers(self) -> dict[str, str]:
        """The situation of the first person."""
        return self._situation(self.asked)

    @property
    def people(self) -> list[Person]:
        """Everybody who comes, in order; those of whom nothing is said are like the first."""
        known = {
            case.number: self._situation(case.asked, case.suffix)
            for case in self.cases
            if not case.is_same
        }
        persons = int(self.cleaned_data["persons"])
        return [Person(situation=known.get(n, self.answers)) for n in range(1, persons + 1)]

    def _situation(self, asked: Iterable[Question], suffix: str = "") -> dict[str, str]:
        return {each.key: self.cleaned_data[f"{each.key}{suffix}"] for each in asked}


@dataclass(frozen=True, slots=True)
class Case:
    """What is said of a person after the first: the same as her, or answers of her own."""

    number: int
    is_same: bool
    asked: tuple[Question, ...] = ()
    is_offered: bool = True

    @property
    def name(self) -> str:
        """The name of the field that tells which."""
        return f"cas-{self.number}"

    @property
    def suffix(self) -> str:
        """What the names of her answers end with."""
        return f"-{self.number}"


def _cases(service: Service, given: Mapping[str, Any]) -> list[Case]:
    """Read what is said of the persons after the first."""
    typed = str(given.get("persons", 1))
    persons = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 1  # noqa: PLR2004
    cases = []
    for number in range(2, min(persons, service.most_persons) + 1):
        if given.get(f"cas-{number}") != OTHER:
            cases.append(Case(number, is_same=True))
            continue
        own = {
            name.removesuffix(f"-{number}"): answer
            for name, answer in given.items()
            if name.endswith(f"-{number}") and name != f"cas-{number}"
        }
        cases.append(Case(number, False, *_ask(service, own)))
    return cases


def _answers(
    asked: Iterable[Question],
    given: Mapping[str, Any],
    *,
    is_offered: bool,
    suffix: str = "",
) -> dict[str, Any]:
    """Give each question its answer, or the usual one; an impossible answer is kept to be told."""
    values = {}
    for question in asked:
        answer = given.get(f"{question.key}{suffix}")
        keeps = answer in question.choices or not is_offered
        values[f"{question.key}{suffix}"] = answer if answer and keeps else question.answer
    return values


def _ask(service: Service, given: Mapping[str, Any]) -> tuple[tuple[Question, ...], bool]:
    """Return the questions, and whether every answer given is one that can be offered."""
    answers = {name: str(answer) for name, answer in given.items()}
    try:
        return questions(service, answers), True
    except ValueError:
        return questions(service, {}), False


class SlotForm(forms.Form):
    """The slot whose button was pressed: an instant with its offset from UTC."""

    slot = forms.CharField(
        max_length=40,
        error_messages={
            "required": _("Choisissez un créneau."),
            "max_length": UNREADABLE_SLOT,
            "null_characters_not_allowed": UNREADABLE_SLOT,
        },
    )

    def clean_slot(self) -> datetime:
        """Read the instant."""
        unreadable = ValidationError(UNREADABLE_SLOT)
        try:
            start = datetime.fromisoformat(self.cleaned_data["slot"])
            instant = start.astimezone(UTC)
        except (ValueError, OverflowError) as fault:
            raise unreadable from fault
        if start.tzinfo is None or not FIRST_YEAR <= instant.year <= LAST_YEAR:
            raise unreadable
        return instant


class WeekForm(forms.Form):
    """The first day to show."""

    du = forms.DateField(required=False, input_formats=["%Y-%m-%d"])

    def first(self, *, soonest: date, latest: date) -> date:
        """Return the day asked for, brought between the soonest and the latest bookable ones."""
        asked = self.cleaned_data.get("du") if self.is_valid() else None
        return min(max(asked or soonest, soonest), latest)


class DetailsForm(NumberedForm):
    """Who comes, and how to reach her."""

    name = forms.CharField(
        label=_("Nom et prénom"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Indiquez votre nom et votre prénom.")},
    )
    email = forms.EmailField(
        label=_("Courriel"),
        required=False,
        max_length=254,
        help_text=_("Pour la confirmation et le lien qui permet d’annuler."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = forms.CharField(
        label=_("Téléphone"),
        required=False,
        max_length=30,
        help_text=_("Un courriel ou un téléphone suffit."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"}),
    )
    pre_application = forms.CharField(
        label=_("Numéro de pré-demande"),
        required=False,
        max_length=NUMBERS_MOST,
        help_text=_(
            "Dix lettres et chiffres, en haut de la pré-demande faite sur le site de l’ANTS. "
            "Vous ne l’avez pas encore ? Continuez, vous l’apporterez."
        ),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )

    def __init__(
        self,
        service: Service,
        *args: Any,
        persons: int = 1,
        communes: Sequence[tuple[str, str]] = (),
        needs_number: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if communes:
            others = ("", gettext("Une autre commune, ou je ne sais pas"))
            self.fields["from_commune"] = forms.ChoiceField(
                label=gettext("De quelle commune êtes-vous ?"),
                help_text=gettext("Plusieurs communes partagent ce guichet et le comptent."),
                choices=[*communes, others],
                required=False,
                widget=forms.RadioSelect,
            )
        if not service.asks_pre_application:
            del self.fields["pre_application"]
        elif needs_number:
            require(self.fields["pre_application"])
        self.other_numbers = range(2, persons + 1)
        for number in self.other_numbers:
            self._ask_of(number, needs_number=needs_number)

    def _ask_of(self, number: int, *, needs_number: bool = False) -> None:
        """Ask the name of one more person, and her number where the first one is asked hers."""
        rank = {"n": number}
        self.fields[f"name-{number}"] = forms.CharField(
            label=gettext("Personne %(n)s : nom et prénom") % rank,
            max_length=120,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            error_messages={
                "required": gettext("Indiquez le nom et le prénom de la personne %(n)s.") % rank
            },
        )
        if "pre_application" in self.fields:
            self.fields[f"pre_application-{number}"] = forms.CharField(
                label=gettext("Personne %(n)s : numéro de pré-demande") % rank,
                required=False,
                max_length=NUMBERS_MOST,
                widget=self.fields["pre_application"].widget,
            )
            if needs_number:
                require(self.fields[f"pre_application-{number}"])

    def clean_phone(self) -> str:
        """Bring a number to its digits, a French one to ten of them."""
        digits = re.sub(r"[\s.\-/()]", "", self.cleaned_data["phone"])
        digits = re.sub(r"^(?:\+33|0033)0?(?=[1-9][0-9]{8}$)", "0", digits)
        if digits and not PHONE.fullmatch(digits):
            raise ValidationError(_("Ce numéro de téléphone n’est pas complet."))
        return digits

    def clean_pre_application(self) -> str:
        """Bring a number to its form, whatever case and spaces it was typed with."""
        return self.read("pre_application")

    def clean(self) -> dict[str, Any]:
        """Ask for one way at least to reach the citizen."""
        cleaned = super().clean() or {}
        for number in self.other_numbers:
            name = f"pre_application-{number}"
            if name in cleaned:
                try:
                    cleaned[name] = self.read(name)
                except ValidationError as fault:
                    self.add_error(name, fault)
        wrong = {"email", "phone"} & set(self.errors)
        if not wrong and not cleaned.get("email") and not cleaned.get("phone"):
            self.add_error("email", _("Indiquez un courriel ou un téléphone."))
        return cleaned

    @property
    def details(self) -> dict[str, Any]:
        """What ``keep_details`` needs: valid answers, empty where there is none."""
        names: tuple[str, ...] = ("name", "email", "phone")
        if "from_commune" in self.fields:
            names += ("from_commune",)
        known = {name: self.cleaned_data.get(name, "") for name in names}
        people = [(known["name"], self.cleaned_data.get("pre_application", ""))]
        people += [
            (
                self.cleaned_data.get(f"name-{number}", ""),
                self.cleaned_data.get(f"pre_application-{number}", ""),
            )
            for number in self.other_numbers
        ]
        return known | {"people": people}


class TermsForm(forms.Form):
    """What must be accepted before confirming."""

    accepted = forms.BooleanField(
        label=_("J’ai lu et j’accepte"),
        error_messages={"required": _("Cochez la case pour confirmer le rendez-vous.")},
    )


class CancelForm(forms.Form):
    """Why she does not come, if she wants to say it."""

    reason = forms.CharField(
        label=_("Pourquoi, si vous voulez le dire"), required=False, max_length=200
    )


class FindForm(forms.Form):
    """What a citizen still knows of her appointment."""

    reference = forms.CharField(
        label=_("Référence"),
        max_length=30,
        help_text=_("Huit lettres et chiffres, comme K7M2 QX4T."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    email = forms.EmailField(
        label=_("Courriel donné pour le rendez-vous"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_reference(self) -> str:
        """Bring a reference as written down or heard to its form."""
        reference = re.sub(r"[\s\-]", "", self.cleaned_data["reference"])
        reference = reference.upper().translate(CONFUSED)
        if not REFERENCE.fullmatch(reference):
            raise ValidationError(_("Une référence a huit lettres ou chiffres."))
        return reference
