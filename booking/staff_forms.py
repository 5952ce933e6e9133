"""What a secretary types: a search, and a booking for somebody on the phone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _, gettext_lazy

from booking.checklists import choice_label, question_label, questions
from booking.diary import moment
from booking.forms import DetailsForm
from booking.models import Appointment, Service
from booking.number_forms import NUMBERS_MOST, check_numbers, plain_numbers
from booking.people import Person, two_numbers
from booking.situations import Channel, Question
from booking.words import service_name
from parvis.inputs import DayInput


FIRST_YEAR, LAST_YEAR = 2000, 2100
NAME_MOST = 120
NOTE_MOST = 300
CHANNELS = [
    (Appointment.Channel.PHONE, gettext_lazy("au téléphone")),
    (Appointment.Channel.COUNTER, gettext_lazy("au guichet")),
]

ABOUT = "about_"  # before the key of a question in the names of fields
OTHER = "other_"  # before the position of a person and the key of a question
TYPED = ("name", "phone", "email", "pre_application", "note", "number_", OTHER)
KEPT = TYPED[:5]


def parse_day(text: str) -> date | None:
    """Read ``2026-12-01``; None for what is no date, or one of another century."""
    try:
        day = parse_date(text)
    except ValueError:  # well formed, but no such day
        return None
    return day if day and FIRST_YEAR <= day.year <= LAST_YEAR else None


def parse_start(text: str) -> datetime | None:
    """Read an instant with its zone; None for anything else."""
    try:
        start = parse_datetime(text.replace(" ", "+"))  # "+" of an address not escaped
    except ValueError:
        return None
    is_known = start is not None and start.tzinfo and FIRST_YEAR <= start.year <= LAST_YEAR
    return start if is_known else None


class SearchForm(forms.Form):
    """A name, a reference, a telephone or a pre-application number."""

    q = forms.CharField(
        label=gettext_lazy("Nom, référence, téléphone ou numéro de pré-demande"),
        min_length=2,
        max_length=NAME_MOST,
        error_messages={
            "required": gettext_lazy("Saisissez un nom, une référence ou un numéro"),
            "min_length": gettext_lazy("Saisissez au moins deux caractères"),
            "max_length": gettext_lazy("Cette recherche est trop longue : un nom suffit"),
            "null_characters_not_allowed": gettext_lazy("Cette recherche est illisible"),
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the caller wants, as far as it is known; always complete, by default values."""

    service: Service
    persons: int
    day: date | None
    """The first day to look at, when she asked for one."""
    start: datetime | None
    """The free time that was pressed on the day view."""
    asked: tuple[Question, ...]
    """What the documents depend on, with the answers given or the usual ones."""

    @property
    def situation(self) -> dict[str, str]:
        """The answers, as appointments keep them."""
        return {question.key: question.answer for question in self.asked}

    @property
    def stamp(self) -> str:
        """Tell two wishes apart: what is shown was computed for one of them."""
        day = self.day.isoformat() if self.day else ""
        answers = ",".join(self.situation.values())
        return f"{self.service.slug}/{self.persons}/{day}/{answers}"


def read_wish(sent: QueryDict, services: Sequence[Service]) -> Wish:
    """Read the first part of the form, or an address; what is wrong becomes the usual value."""
    by_slug = {service.slug: service for service in services}
    service = by_slug.get(sent.get("service", ""), services[0])
    typed = sent.get("persons", "")
    persons = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 1  # noqa: PLR2004
    return Wish(
        service=service,
        persons=min(max(persons, 1), service.most_persons),
        day=parse_day(sent.get("day", "")),
        start=parse_start(sent.get("debut", "")),
        asked=_asked(service, sent),
    )


def _asked(service: Service, sent: QueryDict) -> tuple[Question, ...]:
    given = {
        name.removeprefix(ABOUT): sent.get(name, "") for name in sent if name.startswith(ABOUT)
    }
    try:
        return questions(service, given, channel=Channel.DESK)
    except ValueError:  # an answer that is never offered
        return questions(service, {}, channel=Channel.DESK)


def again(former: Appointment, asked: QueryDict) -> QueryDict:
    """Say what an appointment said as if it had just been typed, to take the same once more.

    ``asked`` may name another service, which follows it, and the first day to look at.
    """
    sent = QueryDict(mutable=True)
    sent.update({"service": former.service.slug, "persons": str(former.persons)})
    sent.update({"name": former.name, "phone": former.phone, "email": former.email})
    for position, person in enumerate(former.coming, start=1):
        if position == 1:
            sent["pre_application"] = " ".join(person.numbers)
            sent.update({f"{ABOUT}{key}": answer for key, answer in person.situation.items()})
        else:
            sent[f"name_{position}"] = person.name
            sent[f"number_{position}"] = " ".join(person.numbers)
    for name in ("service", "day"):
        if asked.get(name):
            sent.setlist(name, asked.getlist(name))
    return sent


def typed_so_far(sent: QueryDict, *, wish: Wish, first: datetime | None) -> dict[str, Any]:
    """Keep everything that was typed while the first part of the form is being changed."""
    kept = {name: sent.get(name, "") for name in (*KEPT, *sent) if name.startswith(TYPED)}
    return {
        **kept,
        "service": wish.service.slug,
        "persons": wish.persons,
        "day": wish.day,
        **{f"{ABOUT}{key}": answer for key, answer in wish.situation.items()},
        "slot": first.isoformat() if first else "",
        "channel": sent.get("channel", Appointment.Channel.PHONE),
        "key": sent.get("key") or uuid4(),
    }


class SlotField(forms.Field):
    """The start of an appointment; whether it is free is known only when it is taken."""

    widget = forms.RadioSelect

    def to_python(self, value: Any) -> datetime | None:
        """Read the instant of the pressed tile."""
        if value in self.empty_values:
            return None
        start = parse_start(str(value))
        if start is None:
            raise forms.ValidationError(_("Choisissez un des créneaux proposés"))
        return start


class PhoneBookingForm(DetailsForm):
    """A booking taken by an agent, whole on one screen."""

    service = forms.ChoiceField(
        label=gettext_lazy("Démarche"),
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": gettext_lazy("Choisissez une démarche de la liste")},
    )
    persons = forms.IntegerField()
    slot = SlotField(
        label=gettext_lazy("Créneau"),
        error_messages={"required": gettext_lazy("Choisissez un créneau")},
    )
    day = forms.DateField(
        label=gettext_lazy("Un autre jour"),
        required=False,
        widget=DayInput(),
        error_messages={"invalid": gettext_lazy("Cette date n’existe pas")},
    )
    name = forms.CharField(
        label=gettext_lazy("Nom et prénom"),
        max_length=NAME_MOST,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Saisissez le nom de la personne"),
            "max_length": gettext_lazy("Ce nom est trop long : 120 caractères au plus"),
            "null_characters_not_allowed": gettext_lazy("Ce nom est illisible"),
        },
    )
    phone = forms.CharField(
        label=gettext_lazy("Téléphone"),
        help_text=gettext_lazy("Un téléphone ou un courriel suffit."),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off", "inputmode": "tel"}),
        error_messages={
            "max_length": gettext_lazy("Ce numéro de téléphone est trop long"),
            "null_characters_not_allowed": gettext_lazy("Ce numéro de téléphone est illisible"),
        },
    )
    email = forms.EmailField(
        label=gettext_lazy("Courriel"),
        help_text=gettext_lazy("La confirmation et la liste des pièces partent à cette adresse."),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "invalid": gettext_lazy(
                "Ce courriel n’est pas complet : il ressemble à nom@exemple.fr"
            )
        },
    )
    pre_application = forms.CharField(
        label=gettext_lazy("Numéro de pré-demande"),
        required=False,
        max_length=NUMBERS_MOST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={
            "null_characters_not_allowed": gettext_lazy("Ce numéro de pré-demande est illisible"),
        },
    )
    note = forms.CharField(
        label=gettext_lazy("Note pour le guichet"),
        required=False,
        max_length=NOTE_MOST,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "max_length": gettext_lazy("Cette note est trop longue : 300 caractères au plus"),
            "null_characters_not_allowed": gettext_lazy("Cette note est illisible"),
        },
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("La personne est"),
        choices=CHANNELS,
        widget=forms.RadioSelect,
        error_messages={
            "invalid_choice": gettext_lazy("Dites si la personne est au téléphone ou au guichet")
        },
    )
    key = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={
            "required": gettext_lazy("Rechargez la page : elle est incomplète"),
            "invalid": gettext_lazy("Rechargez la page : elle est incomplète"),
        },
    )

    def __init__(
        self,
        *args: Any,
        services: Sequence[Service],
        wish: Wish,
        offers: Iterable[datetime],
        **kwargs: Any,
    ) -> None:
        super().__init__(wish.service, *args, **kwargs)
        self.wish = wish
        self.fields["service"].choices = [  # type: ignore[attr-defined]
            (service.slug, service_name(service)) for service in services
        ]
        self.fields["persons"] = forms.IntegerField(
            label=_("Personnes"),
            min_value=1,
            max_value=wish.service.most_persons,
            error_messages={
                "required": _("Indiquez le nombre de personnes"),
                "invalid": _("Indiquez le nombre de personnes en chiffres"),
                "min_value": _("Au moins une personne vient au rendez-vous"),
                "max_value": _("Au plus %(limit_value)s personnes pour cette démarche"),
            },
        )
        for one in wish.asked:
            self.fields[f"{ABOUT}{one.key}"] = forms.ChoiceField(
                label=question_label(one.key),
                choices=[(each, choice_label(one.key, each)) for each in one.choices],
            )
        for position in self.positions:
            self._ask_about(position)
        self.offer(offers)

    @property
    def positions(self) -> range:
        """The ranks of those who come with the first person."""
        return range(2, self.wish.persons + 1)

    def _ask_about(self, position: int) -> None:
        """Add what is asked about one more person; nothing is required."""
        words = {"n": position}
        self.fields[f"name_{position}"] = forms.CharField(
            label=_("Nom et prénom, personne %(n)s") % words,
            required=False,
            max_length=NAME_MOST,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )
        if "pre_application" in self.fields:
            self.fields[f"number_{position}"] = forms.CharField(
                label=_("Numéro de pré-demande, personne %(n)s") % words,
                required=False,
                max_length=NUMBERS_MOST,
                validators=[check_numbers],
                widget=forms.TextInput(
                    attrs={"autocomplete": "off", "autocapitalize": "characters"}
                ),
            )
        for one in self.wish.asked:
            if not one.extra:
                self.fields[f"{OTHER}{position}_{one.key}"] = forms.ChoiceField(
                    label=question_label(one.key),
                    required=False,
                    choices=[
                        ("", _("comme la première personne")),
                        *((each, choice_label(one.key, each)) for each in one.choices),
                    ],
                )

    @property
    def others(self) -> list[tuple[int, list[forms.BoundField], list[forms.BoundField]]]:
        """For each further person her rank, her name and number, and her situation."""
        return [
            (
                position,
                [
                    self[name]
                    for name in (f"name_{position}", f"number_{position}")
                    if name in self.fields
                ],
                [self[name] for name in self.fields if name.startswith(f"{OTHER}{position}_")],
            )
            for position in self.positions
        ]

    def _other(self, position: int) -> Person:
        """Read one more person; what is not said of her is as for the first."""
        start = f"{OTHER}{position}_"
        said = {
            name.removeprefix(start): answer
            for name, answer in self.cleaned_data.items()
            if name.startswith(start) and answer
        }
        situation = self.wish.situation
        if said:
            asked = questions(self.wish.service, situation | said, channel=Channel.DESK)
            situation = {question.key: question.answer for question in asked}
        typed = plain_numbers(self.cleaned_data.get(f"number_{position}", ""))
        first, second = two_numbers(typed)
        return Person(
            situation=situation,
            name=self.cleaned_data[f"name_{position}"],
            pre_application=first,
            other_number=second,
        )

    def offer(self, starts: Iterable[datetime]) -> None:
        """Show these starts (local time) as tiles."""
        self.fields["slot"].widget.choices = [
            (start.isoformat(), moment(start)) for start in starts
        ]

    def offer_instead(self, starts: Sequence[datetime], message: str) -> None:
        """Keep all that was typed but the slot, which is taken: show the nearest ones."""
        self.add_error("slot", message)
        self.offer(starts)

    @property
    def usual(self) -> list[forms.BoundField]:
        """The questions put forward."""
        return [self[f"{ABOUT}{one.key}"] for one in self.wish.asked if not one.extra]

    @property
    def rarer(self) -> list[forms.BoundField]:
        """The questions for rarer cases, out of the way."""
        return [self[f"{ABOUT}{one.key}"] for one in self.wish.asked if one.extra]

    @property
    def is_special(self) -> bool:
        """Whether a rarer question has an answer that is not the usual one."""
        return any(one.extra and one.answer != one.choices[0] for one in self.wish.asked)

    @property
    def wished(self) -> dict[str, Any]:
        """Return what the booking action takes, once the form is valid."""
        known = self.cleaned_data
        number, second = two_numbers(known.get("pre_application", ""))
        first = Person(
            situation=self.wish.situation,
            name=known["name"],
            pre_application=number,
            other_number=second,
        )
        others = [self._other(position) for position in self.positions]
        return {
            **{each: known[each] for each in ("name", "email", "phone")},
            "service": self.wish.service,
            "people": [first, *others],
            "start": known["slot"],
            "note": known["note"],
            "channel": known["channel"],
            "idempotency_key": known["key"],
        }
