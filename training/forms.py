"""What the association types about sessions."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import BoundField
from django.utils.text import capfirst
from django.utils.translation import gettext as _, gettext_lazy

from parvis.inputs import DayInput
from parvis.periods import PARIS
from tenants.models import Association, Commune
from training.models import Attendance, Trainer, TrainingSession
from training.scheduling import Plan, hours_of
from training.words import Topic


HALF_DAYS = 4
TEXT_MOST = 5000
SEATS_MOST = 2000
REMOTE = {TrainingSession.Kind.REMOTE, TrainingSession.Kind.WEBINAR}


def capital(choices: Any) -> list[tuple[str, str]]:
    """Begin each choice with a capital letter."""
    return [(str(value), str(capfirst(label))) for value, label in choices]


class TimeInput(forms.TimeInput):
    """The browser's own clock."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class SessionForm(forms.Form):
    """All that is decided about a session; the half-days are ``day_1``, ``from_1``, ``to_1``."""

    title = forms.CharField(
        label=gettext_lazy("Intitulé"),
        max_length=120,
        help_text=gettext_lazy("Il figure tel quel sur la feuille d’émargement et l’attestation."),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Forme"), choices=capital(TrainingSession.Kind.choices)
    )
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("Sujets"),
        choices=Topic.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choisissez au moins un sujet.")},
    )
    host_commune = forms.ModelChoiceField(
        label=gettext_lazy("Commune d’accueil"),
        queryset=Commune.objects.none(),
        required=False,
        empty_label=gettext_lazy("aucune"),
    )
    place = forms.CharField(label=gettext_lazy("Lieu"), max_length=300, required=False)
    meeting_url = forms.URLField(
        label=gettext_lazy("Adresse de la réunion à distance"),
        max_length=200,
        required=False,
        assume_scheme="https",
    )
    room_capacity = forms.IntegerField(
        label=gettext_lazy("Personnes que la salle peut recevoir"),
        min_value=1,
        max_value=SEATS_MOST,
        required=False,
        help_text=gettext_lazy("Il n’y aura jamais plus de signatures."),
    )
    max_seats = forms.IntegerField(
        label=gettext_lazy("Places"),
        min_value=1,
        max_value=SEATS_MOST,
        help_text=gettext_lazy("Au-delà, on s’inscrit en liste d’attente."),
    )
    commune_quota = forms.IntegerField(
        label=gettext_lazy("Places par commune, au plus"),
        min_value=1,
        max_value=SEATS_MOST,
        required=False,
    )
    trainers = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Formateurs"),
        queryset=Trainer.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    objectives = forms.CharField(
        label=gettext_lazy("Objectifs"),
        max_length=TEXT_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    programme = forms.CharField(
        label=gettext_lazy("Programme"),
        max_length=TEXT_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        association: Association,
        session: TrainingSession | None = None,
    ) -> None:
        super().__init__(data, initial=_initial(session) if session else {})
        members = Commune.objects.real().with_schema().filter(association=association)
        self._offer("host_commune", members)
        self._offer("trainers", association.trainers.all())
        for number in range(1, HALF_DAYS + 1):
            for name, field in _half_day_fields(is_first=number == 1).items():
                self.fields[f"{name}_{number}"] = field

    def _offer(self, name: str, rows: QuerySet[Any]) -> None:
        self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def half_day_fields(self) -> list[list[BoundField]]:
        """Return the fields of each half-day, for the page."""
        return [
            [self[f"{name}_{number}"] for name in ("day", "from", "to")]
            for number in range(1, HALF_DAYS + 1)
        ]

    def clean(self) -> dict[str, Any]:
        """Read the half-days, and refuse a session that nobody could attend."""
        known = super().clean() or {}
        known["half_days"] = self._half_days(known)
        seats, room = known.get("max_seats"), known.get("room_capacity")
        if seats and room and seats > room:
            self.add_error("max_seats", _("La salle ne peut pas recevoir autant de personnes."))
        is_remote = known.get("kind") in REMOTE
        if is_remote and not known.get("meeting_url") and "meeting_url" not in self.errors:
            self.add_error("meeting_url", _("Indiquez où se retrouver à distance."))
        if not is_remote and not known.get("place") and "place" not in self.errors:
            self.add_error("place", _("Indiquez où venir."))
        return known

    def _half_days(self, known: dict[str, Any]) -> list[tuple[datetime, datetime]]:
        found: list[tuple[datetime, datetime]] = []
        for number in range(1, HALF_DAYS + 1):
            parts = [known.get(f"{name}_{number}") for name in ("day", "from", "to")]
            if not any(parts):
                continue
            day, start, end = parts
            if not (day and start and end):
                self._say(number, _("Indiquez le jour, le début et la fin."))
                continue
            period = (_moment(day, start), _moment(day, end))
            if start >= end:
                self._say(number, _("La demi-journée finit avant de commencer."))
            elif found and period[0] < found[-1][1]:
                self._say(number, _("Les demi-journées se suivent sans se chevaucher."))
            else:
                found.append(period)
        return found

    def _say(self, number: int, message: str) -> None:
        if not any(f"{name}_{number}" in self.errors for name in ("day", "from", "to")):
            self.add_error(f"day_{number}", message)

    def plan(self) -> Plan:
        """Return what was typed as a plan."""
        typed = self.cleaned_data
        host = typed["host_commune"]
        return Plan(
            title=typed["title"],
            kind=typed["kind"],
            topics=typed["topics"],
            half_days=typed["half_days"],
            max_seats=typed["max_seats"],
            trainers=list(typed["trainers"]),
            host_commune_id=host.pk if host else None,
            place=typed["place"],
            meeting_url=typed["meeting_url"],
            room_capacity=typed["room_capacity"],
            commune_quota=typed["commune_quota"],
            objectives=typed["objectives"],
            programme=typed["programme"],
        )


def _half_day_fields(*, is_first: bool) -> dict[str, forms.Field]:
    return {
        "day": forms.DateField(
            label=_("Jour"),
            input_formats=["%Y-%m-%d"],
            widget=DayInput(),
            required=is_first,
            validators=[_believable],
        ),
        "from": forms.TimeField(label=_("De"), widget=TimeInput(), required=is_first),
        "to": forms.TimeField(label=_("À"), widget=TimeInput(), required=is_first),
    }


def _believable(day: date) -> None:
    if not 2020 <= day.year <= 2100:  # noqa: PLR2004 - a year that was mistyped
        raise ValidationError(_("Vérifiez l’année."))


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at.replace(second=0, microsecond=0), PARIS)


def _initial(session: TrainingSession) -> dict[str, Any]:
    names = ["title", "kind", "topics", "place", "meeting_url", "room_capacity", "max_seats"]
    names += ["commune_quota", "objectives", "programme"]
    known: dict[str, Any] = {name: getattr(session, name) for name in names}
    known["host_commune"] = session.host_commune_id
    known["trainers"] = list(
        Trainer.objects.filter(teachings__half_day__session=session)
        .distinct()
        .values_list("pk", flat=True)
    )
    for number, (start, end) in enumerate(hours_of(session), start=1):
        start, end = start.astimezone(PARIS), end.astimezone(PARIS)  # noqa: PLW2901 (as read)
        known |= {
            f"day_{number}": start.date(),
            f"from_{number}": start.time(),
            f"to_{number}": end.time(),
        }
    return known


class InviteForm(forms.Form):
    """Which communes are invited: all of one stage, or those that are ticked."""

    stage = forms.ChoiceField(
        label=gettext_lazy("Toutes les communes à une étape"), required=False
    )
    communes = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Communes"),
        queryset=Commune.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(
        self, data: Any = None, *, communes: QuerySet[Commune], stages: list[tuple[str, str]]
    ) -> None:
        super().__init__(data)
        self.fields["communes"].queryset = communes  # type: ignore[attr-defined]
        self.fields["stage"].choices = [("", _("aucune étape")), *stages]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse to invite nobody."""
        known = super().clean() or {}
        if not self.errors and not known.get("stage") and not known.get("communes"):
            raise ValidationError(_("Choisissez au moins une commune ou une étape."))
        return known


class PersonForm(forms.Form):
    """Somebody who is added to the list by hand."""

    name = forms.CharField(label=gettext_lazy("Prénom et nom"), max_length=80)
    email = forms.EmailField(label=gettext_lazy("Courriel"), max_length=254)
    commune = forms.ModelChoiceField(
        label=gettext_lazy("Commune"), queryset=Commune.objects.none()
    )

    def __init__(self, data: Any = None, *, association: Association) -> None:
        super().__init__(data)
        members = Commune.objects.real().filter(association=association)
        self.fields["commune"].queryset = members  # type: ignore[attr-defined]


class CancelForm(forms.Form):
    """Why a session does not take place."""

    reason = forms.CharField(
        label=gettext_lazy("Raison"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Elle est dite dans le courriel aux personnes invitées."),
    )


class TrainerForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """Somebody who teaches."""

    class Meta:
        model = Trainer
        fields = ("name", "email")


class OrganisationForm(forms.Form):
    """The number that makes an association a declared training organisation."""

    declaration_number = forms.RegexField(
        r"^\d{11}$",
        label=gettext_lazy("Numéro de déclaration d’activité"),
        help_text=gettext_lazy(
            "Onze chiffres, donnés par la préfecture de région. Laissez vide sans déclaration."
        ),
        error_messages={"invalid": gettext_lazy("Ce numéro a onze chiffres.")},
        max_length=11,
        required=False,
    )


class CommitmentForm(forms.Form):
    """What a commune says it will do."""

    commune = forms.ModelChoiceField(
        label=gettext_lazy("Commune"), queryset=Commune.objects.none()
    )
    who = forms.CharField(label=gettext_lazy("Qui"), max_length=80)
    what = forms.CharField(label=gettext_lazy("Quoi"), max_length=300)
    due = forms.DateField(
        label=gettext_lazy("Pour le"),
        input_formats=["%Y-%m-%d"],
        widget=DayInput(),
        required=False,
        validators=[_believable],
    )

    def __init__(self, data: Any = None, *, session: TrainingSession) -> None:
        super().__init__(data)
        present = Attendance.objects.filter(session=session).values("commune")
        communes = Commune.objects.filter(pk__in=present)
        self.fields["commune"].queryset = communes  # type: ignore[attr-defined]
