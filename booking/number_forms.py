"""Pre-application numbers in forms: their shape, and what is said of them."""

from collections import Counter
from collections.abc import Container, Mapping
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


def require(field: forms.Field) -> None:
    """Make a number obligatory, and say where it is found and what to do without one."""
    field.required = True
    field.help_text = NEEDED
    field.error_messages["required"] = NUMBER_MISSING


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
