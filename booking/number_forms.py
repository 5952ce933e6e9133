"""Pre-application numbers in forms: their shape, and what is said of them."""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy as _

from coordination.numbers import MOST_OF_ONE_PERSON, split


ALREADY_BOOKED = _(
    "Ce numéro a déjà un rendez-vous dans cette mairie. Retrouvez-le pour le déplacer ou "
    "l’annuler."
)
NUMBERS_MOST = 40  # characters, two numbers with what parts them
NOT_TEN = _("Ce numéro a dix lettres ou chiffres. Vérifiez-le, ou videz la case.")
NEEDED = _(
    "Dix lettres et chiffres, sur le récapitulatif de la pré-demande en ligne de chaque personne. "
    "Carte et passeport demandés séparément : donnez les deux numéros."
)
NUMBER_MISSING = _(
    "Il faut un numéro de pré-demande pour réserver en ligne. Sans numéro, appelez la mairie."
)
SAME_PERSON = _(
    "Ce numéro est donné pour deux personnes. Chaque personne a le sien : corrigez, ou cochez "
    "« C’est voulu » s’il s’agit de la même personne."
)
CONFIRMED = "confirme"


class NumberedForm(forms.Form):
    """A form whose fields named ``pre_application…`` hold one or two numbers of one person."""

    @property
    def numbers(self) -> dict[str, list[str]]:
        """The pre-application numbers that were typed, by the field they were typed in."""
        return {
            name: str(typed).split()
            for name, typed in self.cleaned_data.items()
            if name.startswith("pre_application") and typed
        }

    def read(self, name: str) -> str:
        """Bring what was typed in a field to its form.

        Raises:
            ValidationError: it is no number, or nothing is left of it where one is needed.
        """
        plain, field = plain_numbers(self.cleaned_data[name]), self.fields[name]
        if field.required and not plain:
            raise ValidationError(field.error_messages["required"])
        return plain

    def refuse_numbers(self, numbers: Container[str]) -> None:
        """Say of each of these pre-application numbers that it has its appointment already."""
        self.tell_of(
            {n: ALREADY_BOOKED for each in self.numbers.values() for n in each if n in numbers}
        )

    def tell_of(self, refusals: Mapping[str, Any]) -> None:
        """Say under each field why its number cannot be taken."""
        for name, typed in self.numbers.items():
            if (refused := next((each for each in typed if each in refusals), None)) is not None:
                self.add_error(name, refusals[refused])

    def ask_to_confirm(self, doubts: Mapping[str, Any]) -> bool:
        """Ask for one tick about numbers that are unusual; whether it was given."""
        if not doubts:
            return False
        self.fields[CONFIRMED] = forms.BooleanField(
            label=gettext("C’est voulu, je continue"), required=False
        )
        if CONFIRMED in self.data:
            return True
        self.tell_of(doubts)
        return False

    def twice(self) -> dict[str, Any]:
        """Name the numbers that were typed for more than one person."""
        seen = Counter(each for typed in self.numbers.values() for each in set(typed))
        return {number: SAME_PERSON for number, times in seen.items() if times > 1}


class NumbersForm(NumberedForm):
    """The numbers of the persons who come, one field for each."""

    def __init__(self, names: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for position, name in enumerate(names, start=1):
            label = gettext("Numéro de pré-demande, personne %(n)s") % {"n": position}
            self.fields[f"pre_application-{position}"] = forms.CharField(
                label=f"{label} ({name})" if name else label,
                max_length=NUMBERS_MOST,
                help_text=NEEDED,
                widget=forms.TextInput(
                    attrs={
                        "autocomplete": "off",
                        "autocapitalize": "characters",
                        "spellcheck": "false",
                    }
                ),
                error_messages={"required": gettext("Indiquez le numéro de cette personne.")},
            )

    def clean(self) -> dict[str, Any]:
        """Bring every number to its form."""
        cleaned = super().clean() or {}
        for name in [each for each in self.fields if each in cleaned]:
            try:
                cleaned[name] = self.read(name)
            except ValidationError as fault:
                self.add_error(name, fault)
        return cleaned

    def relax(self) -> None:
        """Let a number be missing: nobody is sent away from the desk for it."""
        for each in self.fields.values():
            each.required = False

    @property
    def typed(self) -> list[str]:
        """What ``change_numbers`` takes: the numbers of each person, in their order."""
        names = [each for each in self.fields if each.startswith("pre_application")]
        return [self.cleaned_data.get(each, "") for each in names]


def require(field: forms.Field) -> None:
    """Make a number obligatory, and say where it is found and what to do without one."""
    field.required = True
    field.help_text = NEEDED
    field.error_messages["required"] = NUMBER_MISSING


def check_numbers(typed: str) -> None:
    """Refuse what holds no numbers; a validator.

    Raises:
        ValidationError: see ``plain_numbers``.
    """
    plain_numbers(typed)


def plain_numbers(typed: str) -> str:
    """Bring the pre-application numbers of one person to their form, parted by a space.

    Raises:
        ValidationError: they have not ten letters or digits each, or are more than two.
    """
    try:
        found = split(typed)
    except ValueError as fault:
        raise ValidationError(NOT_TEN) from fault
    if len(found) > MOST_OF_ONE_PERSON:
        raise ValidationError(_("Une personne a deux numéros au plus."))
    return " ".join(found)
