"""How a commune comes on line, one module after the other: pure data, no database."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Module(models.TextChoices):
    """What a commune may adopt; adoption is counted for each, never globally."""

    BOOKING = "booking", _("Rendez-vous titres")
    REPORTS = "reports", _("Signalements")


class Stage(models.TextChoices):
    """Where a commune stands with one module."""

    PROSPECT = "prospect", _("À contacter")
    CONSIDERING = "considering", _("En réflexion")
    COMMITTED = "committed", _("Engagée")
    CONFIGURING = "configuring", _("En paramétrage")
    TRAINING = "training", _("En formation")
    LIVE = "live", _("En service")
    PAUSED = "paused", _("Suspendue")
    CHURNED = "churned", _("Sortie")
    DECLINED = "declined", _("Refus")


class Reason(models.TextChoices):
    """Why a commune hesitates, stops or declines."""

    HAS_SOLUTION = "has_solution", _("a déjà une solution")
    INTEGRATED = "has_solution_integrated", _("a une solution liée à d’autres services")
    IN_MUTUALISATION = "in_mutualisation", _("membre d’une mutualisation")
    COST = "cost", _("coût")
    STAFF_TIME = "staff_time", _("manque de temps des agents")
    NO_STATION = "no_dr", _("pas de dispositif de recueil")
    CONNECTIVITY = "connectivity", _("connexion internet insuffisante")
    POLITICAL = "political", _("choix politique")
    WAITING_ELECTIONS = "waiting_elections", _("attend les élections")
    PREFERS_STATE_TOOL = "prefers_state_tool", _("préfère l’outil de l’État")
    PRIVACY = "privacy", _("protection des données")
    TRAINING_FIRST = "training_first", _("veut d’abord être formée")
    OTHER = "other", _("autre raison")


# What shows that a stage is reached, when somebody says so by hand.
EVIDENCE = {
    Stage.CONSIDERING: _("Avec qui et quand avez-vous parlé, et de quoi ?"),
    Stage.COMMITTED: _("Délibération ou décision du maire, convention : référence et date."),
    Stage.CONFIGURING: _("Qui est le premier administrateur, et depuis quand a-t-il un accès ?"),
    Stage.TRAINING: _("À quelle session la commune est-elle inscrite ?"),
    Stage.LIVE: _("Date du premier rendez-vous ou du premier signalement d’un habitant."),
    Stage.CHURNED: _("Quand et à qui l’export de ses données a-t-il été remis ?"),
}
NEEDS_DATE = frozenset({Stage.PAUSED, Stage.DECLINED})  # until when, or when to ask again
NEEDS_REASON = frozenset({Stage.CONSIDERING, Stage.PAUSED, Stage.CHURNED, Stage.DECLINED})
MOVES: dict[Stage, frozenset[Stage]] = {
    Stage.PROSPECT: frozenset({Stage.CONSIDERING, Stage.COMMITTED, Stage.DECLINED}),
    Stage.CONSIDERING: frozenset({Stage.PROSPECT, Stage.COMMITTED, Stage.DECLINED}),
    Stage.COMMITTED: frozenset({Stage.CONFIGURING, Stage.CONSIDERING, Stage.DECLINED}),
    Stage.CONFIGURING: frozenset({Stage.TRAINING, Stage.LIVE, Stage.PAUSED}),
    Stage.TRAINING: frozenset({Stage.LIVE, Stage.PAUSED}),
    Stage.LIVE: frozenset({Stage.PAUSED, Stage.CHURNED}),
    Stage.PAUSED: frozenset({Stage.CONFIGURING, Stage.LIVE, Stage.CHURNED}),
    Stage.CHURNED: frozenset({Stage.CONSIDERING}),
    Stage.DECLINED: frozenset({Stage.CONSIDERING}),
}


def can_move(current: Stage, to: Stage) -> bool:
    """Tell whether a commune may go from one stage straight to another."""
    return to in MOVES[current]
