"""Sentences about fields that no form says."""

from django.utils.translation import gettext as _, ngettext


def between() -> str:
    """Say that a period ends before it begins."""
    return _("Le dernier jour vient avant le premier.")


def too_long(days: int) -> str:
    """Say that a period is too long."""
    return ngettext("%(n)s jour au plus.", "%(n)s jours au plus.", days) % {"n": days}


def no_such_service() -> str:
    """Say that there is no such service."""
    return _("Cette démarche n’existe pas ici.")


def no_such_category() -> str:
    """Say that there is no such category."""
    return _("Cette catégorie n’existe pas ici.")


def both_coordinates() -> str:
    """Say that a point has two coordinates."""
    return _("Un point a une latitude et une longitude.")


def words_wanted() -> str:
    """Say that what is no problem has words."""
    return _("Écrivez quelques mots.")
