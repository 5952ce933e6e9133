"""Passwords that somebody who knows the place would try first."""

import re
from functools import cache

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.db.models import F, Value
from django.db.models.functions import Replace
from django.utils.text import slugify
from django.utils.translation import gettext as _

from tenants.models import Association, Commune, User


LEAST = 8  # letters and digits that must be left of a password without the words below
SHORTEST_NAME = 4
# Words of the product and of the place; names of communes and associations come from the registry.
WORDS = (
    *("parvis", "mairie", "commune", "maire", "association", "departement", "intercommunalite"),
    *("rendezvous", "rdv", "signalement", "accueil", "guichet", "agent", "adjoint", "secretariat"),
    *("secretaire", "service", "administrateur", "admin", "etatcivil", "passeport", "identite"),
    *("motdepasse", "password", "bonjour", "azerty", "qwerty", "soleil", "france", "republique"),
)
YEAR = re.compile(r"(?:19|20)\d\d")


class NotGuessedHere:
    """Refuse what is made of words of the place, or of a common password and a little more."""

    def validate(self, password: str, user: User | None = None) -> None:  # noqa: ARG002 (Django's)
        """Raise when too little is left of a password without the words one would try."""
        plain = plain_of(password)
        rest = rest_of(plain, {*WORDS, *_names_in(plain)})
        if (rest != plain and len(rest) < LEAST) or is_common(plain):
            raise ValidationError(
                _(
                    "Ce mot de passe se devine : il est fait de mots de la mairie, "
                    "ou trop courants."
                ),
                code="password_of_the_place",
            )

    def get_help_text(self) -> str:
        """Say it before it is refused."""
        return _("N’utilisez pas le nom de votre commune ni des mots de la mairie.")


def plain_of(password: str) -> str:
    """Return its Latin letters, without accents, and its digits."""
    return slugify(password).replace("-", "").replace("_", "")


def rest_of(plain: str, words: set[str]) -> str:
    """Return what is left without these words, the longest first, and without years."""
    for word in sorted(words, key=len, reverse=True):
        plain = plain.replace(word, "")
    return YEAR.sub("", plain)


def is_common(plain: str) -> bool:
    """Tell whether it is a common password with digits around it, or twice the same."""
    half, is_odd = divmod(len(plain), 2)
    if not is_odd and plain[:half] == plain[half:]:
        plain = plain[:half]
    return plain.strip("0123456789") in _common() or plain in _common()


@cache
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)


def _names_in(plain: str) -> set[str]:
    """Return the names of communes and associations that a password holds."""
    typed = Value(plain)
    found: set[str] = set()
    for places in (Commune.objects.all(), Association.objects.all()):
        short = Replace(F("slug"), Value("-"), Value(""))
        names = places.alias(typed=typed).annotate(short=short).filter(typed__contains=F("short"))
        found |= set(names.values_list("short", flat=True))
    return {name for name in found if len(name) >= SHORTEST_NAME}
