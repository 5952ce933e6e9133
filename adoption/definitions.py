"""Every figure with its words: what is counted, over what, and under which rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from onboarding.metrics import ENOUGH_FOR_A_SHARE, ENOUGH_TO_SHOW
from onboarding.stages import Module
from parvis.charts import figure


Unit = Literal["share", "days", "hours", "count", "score", "per", "minutes"]
Words = str | Promise

SHORT = {"hours": "h", "minutes": "min"}
ANCHORS = {"online_share": "part-en-ligne", "first_slot_days": "premier-creneau"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One figure; ``adds_up`` says whether a total is the sum of numerators over denominators."""

    code: str
    module: Module
    name: Words
    num: Words
    den: Words
    rules: Words = ""
    unit: Unit = "share"
    adds_up: bool = True
    is_high_good: bool | None = None
    is_estimate: bool = False
    version: int = 1

    @property
    def fewest(self) -> int:
        """The denominator below which the figure is not told."""
        if not self.adds_up or self.unit in {"count", "per"}:
            return 1
        return ENOUGH_FOR_A_SHARE if self.code == "online_share" else ENOUGH_TO_SHOW

    @property
    def gives_away(self) -> bool:
        """Whether its total minus the others' would tell what one commune hides."""
        return self.adds_up and self.unit != "count"

    @property
    def anchor(self) -> str:
        """Where the page of definitions says it."""
        return ANCHORS.get(self.code, self.code)

    def value(self, num: int, den: int) -> float | None:
        """Return the figure, None when it is not to be told."""
        if den < self.fewest:
            return None
        return num / den

    def said(self, value: float | None) -> str:
        """Write the figure in its unit."""
        if value is None:
            return _("données insuffisantes")
        if self.unit == "days":
            return ngettext("%(n)s jour", "%(n)s jours", round(value)) % {"n": round(value)}
        if self.unit == "score":
            return _("%(score)s sur 5") % {"score": figure(round(value, 1))}
        if self.unit == "share":
            return figure(round(100 * value), "%")
        return figure(round(value, 1), SHORT.get(self.unit, ""))


B, R = Module.BOOKING, Module.REPORTS
_ALL = (
    Definition(
        code="online_share",
        module=B,
        name=gettext_lazy("Part des rendez-vous pris en ligne"),
        num=gettext_lazy(
            "rendez-vous pris en ligne, par le site, le portail ou un autre site relié"
        ),
        den=gettext_lazy("tous les rendez-vous pris pendant la période"),
        rules=gettext_lazy(
            "C’est le jour où le rendez-vous est pris qui compte. Un rendez-vous pour plusieurs"
            " personnes compte une fois, un rendez-vous annulé compte, un rendez-vous déplacé"
            " compte une fois, à sa création. Ce qui est repris d’un autre outil, les essais et"
            " les créneaux seulement gardés ne comptent pas."
        ),
        is_high_good=True,
    ),
    Definition(
        code="no_show_rate",
        module=B,
        name=gettext_lazy("Absences"),
        num=gettext_lazy("rendez-vous passés marqués absents"),
        den=gettext_lazy("rendez-vous passés marqués reçus ou absents"),
        rules=gettext_lazy("Ceux que personne n’a marqués sont dits à part."),
        is_high_good=False,
    ),
    Definition(
        code="unmarked_share",
        module=B,
        name=gettext_lazy("Rendez-vous passés sans marque"),
        num=gettext_lazy("rendez-vous passés que personne n’a marqués"),
        den=gettext_lazy("rendez-vous passés et non annulés"),
        rules=gettext_lazy("Au-delà de 20 %, le taux d’absence n’est pas sûr."),
        is_high_good=False,
    ),
    Definition(
        code="fill_rate",
        module=B,
        name=gettext_lazy("Temps occupé"),
        num=gettext_lazy("minutes prises par des rendez-vous pendant les ouvertures"),
        den=gettext_lazy("minutes offertes deux jours avant, guichet par guichet"),
        rules=gettext_lazy(
            "Les minutes offertes sont relevées deux jours avant chaque jour ; à défaut de relevé,"
            " ce que l’on sait aujourd’hui des ouvertures en tient lieu. Le numérateur ne peut"
            " dépasser le dénominateur : ce qui est ouvert après le relevé ne compte pas."
        ),
        is_high_good=True,
    ),
    Definition(
        code="first_slot_days",
        module=B,
        name=gettext_lazy("Premier créneau libre"),
        num=gettext_lazy("jours jusqu’au premier créneau réservable en ligne pour un titre"),
        den=gettext_lazy("relevés"),
        rules=gettext_lazy(
            "Relevé chaque jour à 7 heures, pour une personne ; le mois est la médiane des"
            " relevés. Sans créneau dans les 120 jours, il n’y a pas de valeur."
        ),
        unit="days",
        adds_up=False,
        is_high_good=False,
    ),
    Definition(
        code="first_slot_cni",
        module=B,
        name=gettext_lazy("Premier créneau libre, carte d’identité"),
        num=gettext_lazy("jours jusqu’au premier créneau réservable en ligne"),
        den=gettext_lazy("relevés"),
        unit="days",
        adds_up=False,
        is_high_good=False,
    ),
    Definition(
        code="first_slot_pass",
        module=B,
        name=gettext_lazy("Premier créneau libre, passeport"),
        num=gettext_lazy("jours jusqu’au premier créneau réservable en ligne"),
        den=gettext_lazy("relevés"),
        unit="days",
        adds_up=False,
        is_high_good=False,
    ),
    Definition(
        code="first_slot_both",
        module=B,
        name=gettext_lazy("Premier créneau libre, carte et passeport ensemble"),
        num=gettext_lazy("jours jusqu’au premier créneau réservable en ligne"),
        den=gettext_lazy("relevés"),
        unit="days",
        adds_up=False,
        is_high_good=False,
    ),
    Definition(
        code="third_slot_days",
        module=B,
        name=gettext_lazy("Troisième créneau libre"),
        num=gettext_lazy("jours jusqu’au troisième créneau réservable en ligne pour un titre"),
        den=gettext_lazy("relevés"),
        unit="days",
        adds_up=False,
        is_high_good=False,
    ),
    Definition(
        code="lead_time_days",
        module=B,
        name=gettext_lazy("Délai entre la prise et le rendez-vous"),
        num=gettext_lazy("médiane, en jours, par mois de prise"),
        den=gettext_lazy("au moins dix rendez-vous non annulés"),
        rules=gettext_lazy(
            "Les visites sans rendez-vous et ce qui est repris d’ailleurs sont exclus."
        ),
        unit="days",
        adds_up=False,
        is_high_good=False,
    ),
    Definition(
        code="cancel_reuse",
        module=B,
        name=gettext_lazy("Créneaux rendus et repris"),
        num=gettext_lazy("créneaux annulés que quelqu’un d’autre a pris ensuite"),
        den=gettext_lazy("créneaux annulés au moins 24 heures avant"),
        is_high_good=True,
    ),
    Definition(
        code="dossier_complete",
        module=B,
        name=gettext_lazy("Dossiers complets"),
        num=gettext_lazy("dossiers marqués complets"),
        den=gettext_lazy("dossiers marqués complets ou incomplets"),
        is_high_good=True,
    ),
    Definition(
        code="doc_views",
        module=B,
        name=gettext_lazy("Pages de pièces lues par rendez-vous"),
        num=gettext_lazy("pages de pièces à apporter lues"),
        den=gettext_lazy("rendez-vous pris"),
        rules=gettext_lazy("Compté par le serveur, sans cookie ni adresse."),
        unit="per",
        is_high_good=None,
    ),
    Definition(
        code="staff_active",
        module=B,
        name=gettext_lazy("Agents actifs"),
        num=gettext_lazy("agents qui ont enregistré au moins une action en 28 jours"),
        den=gettext_lazy("agents invités, lecture seule exceptée"),
        rules=gettext_lazy("Aucun agent n’est nommé ni classé."),
        is_high_good=True,
    ),
    Definition(
        code="online_changes",
        module=B,
        name=gettext_lazy("Changements faits en ligne"),
        num=gettext_lazy("annulations et déplacements faits par les usagers eux-mêmes"),
        den=gettext_lazy("rien : c’est un nombre"),
        unit="count",
    ),
    Definition(
        code="desk_calls",
        module=B,
        name=gettext_lazy("Appels comptés à l’accueil"),
        num=gettext_lazy("appels reçus, un toucher par motif"),
        den=gettext_lazy("rien : c’est un nombre"),
        rules=gettext_lazy(
            "Relevé pendant deux semaines types, avant et après : ce qui était estimé est alors"
            " mesuré."
        ),
        unit="count",
        is_high_good=False,
    ),
    Definition(
        code="inc_received",
        module=R,
        name=gettext_lazy("Signalements reçus"),
        num=gettext_lazy("problèmes et suggestions reçus"),
        den=gettext_lazy("rien : c’est un nombre"),
        unit="count",
    ),
    Definition(
        code="inc_ack_h",
        module=R,
        name=gettext_lazy("Délai de première réponse"),
        num=gettext_lazy("médiane, en heures, de la réception à la première réponse publique"),
        den=gettext_lazy("au moins dix signalements reçus dans le mois"),
        rules=gettext_lazy("« ouvrées » : seules comptent les heures d’ouverture de la mairie."),
        unit="hours",
        adds_up=False,
        is_high_good=False,
    ),
    Definition(
        code="inc_ack_h_p90",
        module=R,
        name=gettext_lazy("Délai de première réponse, neuf fois sur dix"),
        num=gettext_lazy("neuvième dixième, en heures"),
        den=gettext_lazy("au moins dix signalements reçus dans le mois"),
        unit="hours",
        adds_up=False,
        is_high_good=False,
    ),
    Definition(
        code="inc_ack_oh",
        module=R,
        name=gettext_lazy("Délai de première réponse, en heures ouvrées"),
        num=gettext_lazy("médiane, en heures d’ouverture de la mairie"),
        den=gettext_lazy("au moins dix signalements reçus dans le mois"),
        unit="hours",
        adds_up=False,
        is_high_good=False,
    ),
    Definition(
        code="inc_ack_oh_p90",
        module=R,
        name=gettext_lazy("Délai de première réponse ouvré, neuf fois sur dix"),
        num=gettext_lazy("neuvième dixième, en heures d’ouverture de la mairie"),
        den=gettext_lazy("au moins dix signalements reçus dans le mois"),
        unit="hours",
        adds_up=False,
        is_high_good=False,
    ),
    Definition(
        code="inc_close_d",
        module=R,
        name=gettext_lazy("Délai de résolution"),
        num=gettext_lazy("médiane, en jours, de la réception à la résolution"),
        den=gettext_lazy("au moins dix signalements résolus dans le mois"),
        rules=gettext_lazy(
            "Un signalement rouvert ajoute son temps : il attend jusqu’à sa dernière fin."
        ),
        unit="days",
        adds_up=False,
        is_high_good=False,
    ),
    Definition(
        code="inc_close_d_p90",
        module=R,
        name=gettext_lazy("Délai de résolution, neuf fois sur dix"),
        num=gettext_lazy("neuvième dixième, en jours"),
        den=gettext_lazy("au moins dix signalements résolus dans le mois"),
        unit="days",
        adds_up=False,
        is_high_good=False,
    ),
    Definition(
        code="inc_close_oh",
        module=R,
        name=gettext_lazy("Délai de résolution, en heures ouvrées"),
        num=gettext_lazy("médiane, en heures d’ouverture de la mairie"),
        den=gettext_lazy("au moins dix signalements résolus dans le mois"),
        unit="hours",
        adds_up=False,
        is_high_good=False,
    ),
    Definition(
        code="inc_close_oh_p90",
        module=R,
        name=gettext_lazy("Délai de résolution ouvré, neuf fois sur dix"),
        num=gettext_lazy("neuvième dixième, en heures d’ouverture de la mairie"),
        den=gettext_lazy("au moins dix signalements résolus dans le mois"),
        unit="hours",
        adds_up=False,
        is_high_good=False,
    ),
    Definition(
        code="inc_sla",
        module=R,
        name=gettext_lazy("Délais promis tenus"),
        num=gettext_lazy("signalements clos avant la date promise"),
        den=gettext_lazy("signalements clos qui avaient une date promise"),
        is_high_good=True,
    ),
    Definition(
        code="inc_silent",
        module=R,
        name=gettext_lazy("Signalements sans réponse"),
        num=gettext_lazy("signalements ouverts depuis plus de 7 jours sans réponse publique"),
        den=gettext_lazy("signalements ouverts"),
        rules=gettext_lazy("Relevé chaque nuit ; le mois est le dernier relevé."),
        is_high_good=False,
    ),
    Definition(
        code="inc_reopen",
        module=R,
        name=gettext_lazy("Signalements rouverts"),
        num=gettext_lazy("clôtures suivies d’une réouverture"),
        den=gettext_lazy("clôtures du mois"),
        is_high_good=False,
    ),
    Definition(
        code="congrats",
        module=R,
        name=gettext_lazy("Félicitations"),
        num=gettext_lazy("félicitations reçues"),
        den=gettext_lazy("rien : c’est un nombre"),
        unit="count",
        is_high_good=True,
    ),
    Definition(
        code="csat",
        module=R,
        name=gettext_lazy("Satisfaction"),
        num=gettext_lazy("somme des notes, de 1 à 5"),
        den=gettext_lazy("réponses à la question posée à la fin"),
        unit="score",
        is_high_good=True,
    ),
    Definition(
        code="trained_share",
        module=B,
        name=gettext_lazy("Agents formés"),
        num=gettext_lazy("agents ayant suivi une session ou terminé un parcours"),
        den=gettext_lazy("agents actifs"),
        is_high_good=True,
    ),
    Definition(
        code="dts_progress",
        module=B,
        name=gettext_lazy("Demandes de titres de l’année"),
        num=gettext_lazy("demandes saisies depuis le 1er janvier"),
        den=gettext_lazy("seuil suivant de la dotation"),
        rules=gettext_lazy(
            "Saisi chaque mois par la commune ou l’association : Parvis ne connaît que les"
            " rendez-vous, pas les demandes."
        ),
    ),
    Definition(
        code="calls_avoided",
        module=B,
        name=gettext_lazy("Appels évités"),
        num=gettext_lazy("rendez-vous pris en ligne × p1 + changements en ligne × p2"),
        den=gettext_lazy("rien : c’est un nombre"),
        rules=gettext_lazy("p1 et p2 sont des hypothèses, affichées et modifiables."),
        unit="count",
        is_estimate=True,
    ),
    Definition(
        code="time_saved_min",
        module=B,
        name=gettext_lazy("Temps d’accueil libéré"),
        num=gettext_lazy("rendez-vous pris en ligne × m minutes"),
        den=gettext_lazy("rien : c’est un nombre"),
        rules=gettext_lazy(
            "m est une hypothèse, jamais plus de 10 minutes, affichée et modifiable."
        ),
        unit="minutes",
        is_estimate=True,
    ),
)
DEFINITIONS: Mapping[str, Definition] = {each.code: each for each in _ALL}
COMPARED = (
    *("online_share", "no_show_rate", "fill_rate", "first_slot_days", "lead_time_days"),
    *("cancel_reuse", "dossier_complete", "staff_active", "unmarked_share"),
    *("inc_ack_h", "inc_close_d", "inc_sla", "inc_silent", "inc_reopen", "csat"),
)
"""Figures that have a better end, hence are compared with those of peers."""
