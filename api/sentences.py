"""Say what is wrong with a field in the language that was asked for."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy


WORDS: dict[str, Promise] = {
    "missing": gettext_lazy("Cette donnée est obligatoire."),
    "extra_forbidden": gettext_lazy("Cette donnée n’existe pas."),
    "string_too_long": gettext_lazy("Ce texte est trop long : %(max_length)s caractères au plus."),
    "string_too_short": gettext_lazy("Ce texte est trop court."),
    "string_type": gettext_lazy("Un texte est attendu."),
    "string_unicode": gettext_lazy("Ce texte n’est pas lisible."),
    "bool_parsing": gettext_lazy("Oui (true) ou non (false) est attendu."),
    "bool_type": gettext_lazy("Oui (true) ou non (false) est attendu."),
    "int_parsing": gettext_lazy("Un nombre entier est attendu."),
    "int_type": gettext_lazy("Un nombre entier est attendu."),
    "int_from_float": gettext_lazy("Un nombre entier est attendu."),
    "float_parsing": gettext_lazy("Un nombre est attendu."),
    "float_type": gettext_lazy("Un nombre est attendu."),
    "greater_than_equal": gettext_lazy("Au moins %(ge)s."),
    "less_than_equal": gettext_lazy("Au plus %(le)s."),
    "timezone_aware": gettext_lazy("Ajoutez le décalage horaire : +01:00, ou Z."),
    "too_short": gettext_lazy("Il en faut au moins %(min_length)s."),
    "too_long": gettext_lazy("Il y en a trop : %(max_length)s au plus."),
    "enum": gettext_lazy("Une de ces valeurs est attendue : %(expected)s."),
    "dict_type": gettext_lazy("Un objet est attendu."),
    "model_attributes_type": gettext_lazy("Un objet est attendu."),
    "list_type": gettext_lazy("Une liste est attendue."),
}
INSTANT = gettext_lazy("Un instant est attendu, comme 2026-11-30T09:00:00+01:00.")
DAY = gettext_lazy("Une date est attendue, comme 2026-11-30.")


def sentence(error: Mapping[str, Any]) -> str:
    """Say what pydantic found wrong; "not valid" where nothing better is known."""
    kind = str(error["type"])
    known = WORDS.get(kind)
    if known is not None:
        return str(str(known) % error.get("ctx", {}))
    if kind.startswith("datetime"):
        return str(INSTANT)
    if kind.startswith("date"):
        return str(DAY)
    return _("Cette valeur ne convient pas.")


def places(errors: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Tell each error with its place: ``people.0.name``, ``from``."""
    return [{"field": _place(each["loc"]), "message": sentence(each)} for each in errors]


def _place(where: Iterable[object]) -> str:
    """Leave out what only says from which part of the request a value comes."""
    source, *path = [str(each) for each in where]
    if source == "body":
        path = path[1:]  # the name that the view gives the body
    return ".".join(path) or source
