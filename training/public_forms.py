"""What is answered by the links of letters, without an account."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy

from tenants.models import Commune
from training.forms import capital
from training.models import Attendance
from training.models.people import Carpool
from training.presence import Mark
from training.seating import Wish
from training.surveys import QUESTIONS, USES


SCALE = (
    ("4", gettext_lazy("Oui, tout à fait")),
    ("3", gettext_lazy("Plutôt oui")),
    ("2", gettext_lazy("Plutôt non")),
    ("1", gettext_lazy("Non")),
)
VERBATIM_MOST = 2000


class AnswerForm(forms.Form):
    """Whether somebody comes, and what she needs; the button says which."""

    vient = forms.ChoiceField(
        choices=[("oui", "oui"), ("non", "non")],
        widget=forms.HiddenInput,
        error_messages={"required": gettext_lazy("Dites si vous venez ou non.")},
    )
    accessibility = forms.CharField(
        label=gettext_lazy("Besoin d’accessibilité"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Par exemple une place pour un fauteuil, une boucle magnétique."),
    )
    wants_lunch = forms.BooleanField(label=gettext_lazy("Je déjeune sur place"), required=False)
    carpool = forms.ChoiceField(
        label=gettext_lazy("Covoiturage"),
        choices=capital(Carpool.choices),
        help_text=gettext_lazy(
            "Si vous dites oui, votre nom, votre courriel et votre départ sont montrés aux"
            " autres personnes qui covoiturent vers cette session."
        ),
    )
    carpool_from = forms.CharField(
        label=gettext_lazy("Vous partez de"), max_length=100, required=False
    )

    def __init__(self, data: Any = None, *, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)

    def wish(self) -> Wish:
        """Return what was answered."""
        typed = self.cleaned_data
        return Wish(
            is_coming=typed["vient"] == "oui",
            accessibility=typed["accessibility"],
            wants_lunch=typed["wants_lunch"],
            carpool=typed["carpool"],
            carpool_from=typed["carpool_from"],
        )


def needs_of(attendance: Attendance | None, commune: Commune) -> dict[str, Any]:
    """Return what somebody said before; without, that she would leave from her commune."""
    if attendance is None:
        return {"carpool": Carpool.NONE, "carpool_from": commune.name}
    return {
        "accessibility": attendance.accessibility,
        "wants_lunch": attendance.wants_lunch,
        "carpool": attendance.carpool,
        "carpool_from": attendance.carpool_from or commune.name,
    }


class PinForm(forms.Form):
    """The code that the room sees."""

    pin = forms.CharField(
        label=gettext_lazy("Code affiché dans la salle"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class MarkForm(forms.Form):
    """A signature: drawn where scripts run, else a typed name and a ticked box."""

    drawing = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20_000)
    typed_name = forms.CharField(
        label=gettext_lazy("Sans dessiner : écrivez votre prénom et votre nom"),
        max_length=80,
        required=False,
    )
    is_ticked = forms.BooleanField(
        label=gettext_lazy("Je certifie être présent et signer moi-même"), required=False
    )

    def mark(self) -> Mark:
        """Return how she signs."""
        typed = self.cleaned_data
        return Mark(typed["drawing"], typed["typed_name"], is_ticked=typed["is_ticked"])


class SignForm(MarkForm):
    """Who signs, among those who have not yet."""

    field_order = ("pin", "person", "drawing", "typed_name", "is_ticked")
    pin = forms.CharField(widget=forms.HiddenInput, max_length=20)
    person = forms.ModelChoiceField(
        label=gettext_lazy("Je suis"),
        queryset=Attendance.objects.none(),
        empty_label=gettext_lazy("Choisissez votre nom"),
    )

    def __init__(self, data: Any = None, *, people: Any, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        self.fields["person"].label_from_instance = (  # type: ignore[attr-defined]
            lambda each: f"{each.name} – {each.commune.name}"
        )


class SurveyForm(forms.Form):
    """What both surveys ask: whether one recommends it, and one's own words."""

    recommends = forms.TypedChoiceField(
        label=gettext_lazy("De 0 à 10, recommanderiez-vous cette formation à un collègue ?"),
        choices=[(str(mark), str(mark)) for mark in range(11)],
        widget=forms.RadioSelect,
        coerce=int,
    )
    verbatim = forms.CharField(
        label=gettext_lazy("Ce qui vous gêne, ce qui manque"),
        max_length=VERBATIM_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Ces remarques changent le logiciel. N’y mettez aucun nom."),
    )


class HotForm(SurveyForm):
    """The six questions of the same day."""

    field_order = (*QUESTIONS, "recommends", "verbatim")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        for code, words in QUESTIONS.items():
            self.fields[code] = forms.TypedChoiceField(
                label=words, choices=SCALE, widget=forms.RadioSelect, coerce=int
            )
        self.order_fields(self.field_order)

    def scores(self) -> dict[str, int]:
        """Return the mark of each statement."""
        return {code: self.cleaned_data[code] for code in QUESTIONS}


class ColdForm(SurveyForm):
    """What is used a month later."""

    field_order = ("uses", "recommends", "verbatim")
    uses = forms.MultipleChoiceField(
        label=gettext_lazy("Qu’utilisez-vous aujourd’hui ?"),
        choices=list(USES.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Cochez au moins une ligne, « Rien » s’il n’y a rien.")
        },
    )

    def clean_uses(self) -> list[str]:
        """Refuse to use nothing and something."""
        chosen: list[str] = self.cleaned_data["uses"]
        if "none" in chosen and len(chosen) > 1:
            raise ValidationError(_("« Rien » ne va pas avec le reste."))
        return chosen

    def scores(self) -> dict[str, int]:
        """Return one for each use."""
        return dict.fromkeys(self.cleaned_data["uses"], 1)
