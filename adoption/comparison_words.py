"""The words of comparisons: practices, criteria and sizes of cohorts, the lines of the health."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


PRACTICES: Mapping[str, Promise] = {
    "evening": gettext_lazy("ouvrir un soir après 18 heures"),
    "saturday": gettext_lazy("ouvrir le samedi"),
    "released": gettext_lazy("ne libérer une part des créneaux que quelques jours avant"),
    "waiting_list": gettext_lazy("proposer une liste d’attente"),
    "presence": gettext_lazy("demander la confirmation de présence avant le jour"),
}
CRITERIA: Mapping[str, Promise] = {
    "population": gettext_lazy("la population"),
    "stations": gettext_lazy("le nombre de stations"),
    "setting": gettext_lazy("urbain ou rural"),
}
BANDS: tuple[Promise, ...] = (
    gettext_lazy("moins de 1 000 habitants"),
    gettext_lazy("de 1 000 à 3 499 habitants"),
    gettext_lazy("de 3 500 à 9 999 habitants"),
    gettext_lazy("de 10 000 à 29 999 habitants"),
    gettext_lazy("30 000 habitants et plus"),
)
HEALTH: Mapping[str, Promise] = {
    "usage": gettext_lazy("Usage : rendez-vous pris en 28 jours, comparés aux 28 précédents"),
    "online": gettext_lazy("Part en ligne, comparée aux communes semblables"),
    "staff": gettext_lazy("Agents actifs"),
    "freshness": gettext_lazy(
        "Tenue à jour : marques, réponses aux signalements, créneaux ouverts"
    ),
    "training": gettext_lazy("Agents formés"),
    "support": gettext_lazy("Accompagnement"),
    "billing": gettext_lazy("Cotisation"),
}
