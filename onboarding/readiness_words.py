"""The checklist in words: what each check is, what it found, and where to put it right."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from onboarding.readiness import Step, Verdict


STEPS = {
    Step.IDENTITY: gettext_lazy("Votre mairie"),
    Step.CONTACTS: gettext_lazy("Contacts"),
    Step.MODULES: gettext_lazy("Modules et stations"),
    Step.SERVICES: gettext_lazy("Démarches"),
    Step.HOURS: gettext_lazy("Horaires"),
    Step.REPORTS: gettext_lazy("Signalements"),
    Step.TEAM: gettext_lazy("Équipe"),
    Step.TAKEOVER: gettext_lazy("Reprise"),
    Step.KIT: gettext_lazy("Se faire connaître"),
    Step.CHECK: gettext_lazy("Vérification"),
}
STEP_TEXTS = {
    Step.IDENTITY: gettext_lazy("Adresse, téléphone, courriel, couleur"),
    Step.CONTACTS: gettext_lazy("Secrétariat, délégué à la protection des données, comptabilité"),
    Step.MODULES: gettext_lazy("Rendez-vous, signalements, guichets"),
    Step.SERVICES: gettext_lazy("Modèles avec leurs pièces à fournir"),
    Step.HOURS: gettext_lazy("Combien de rendez-vous par semaine"),
    Step.REPORTS: gettext_lazy("Catégories, qui reçoit quoi"),
    Step.TEAM: gettext_lazy("Coller des adresses, choisir les rôles"),
    Step.TAKEOVER: gettext_lazy("Importer l’existant (facultatif)"),
    Step.KIT: gettext_lazy("Affiche, message téléphonique, textes, dossier du conseil"),
    Step.CHECK: gettext_lazy("Un faux rendez-vous, un faux signalement, puis l’ouverture"),
}
LABELS = {
    "modules": gettext_lazy("Un module choisi"),
    "slots": gettext_lazy("Un créneau libre dans les 30 jours, pour chaque démarche"),
    "documents": gettext_lazy("La liste des pièces de chaque démarche"),
    "admins": gettext_lazy("Deux administrateurs actifs"),
    "second_factor": gettext_lazy("Un second facteur pour chaque administrateur"),
    "legal": gettext_lazy("Mentions légales, confidentialité et accessibilité complètes"),
    "dpo": gettext_lazy("Délégué à la protection des données"),
    "mail": gettext_lazy("Courriel d’essai reçu"),
    "reply": gettext_lazy("Adresse de réponse lue par quelqu’un"),
    "agreement": gettext_lazy("Convention de traitement des données acceptée"),
    "retention": gettext_lazy("Durées de conservation arrêtées"),
    "approval": gettext_lazy("Dossier d’homologation daté"),
    "receipt": gettext_lazy("Accusé de réception complet"),
    "trial_booking": gettext_lazy("Un rendez-vous d’essai pris puis annulé"),
    "trial_report": gettext_lazy("Un signalement d’essai mené jusqu’à sa résolution"),
    "training": gettext_lazy("Un administrateur formé"),
    "referent": gettext_lazy("Un référent et son remplaçant"),
    "domain_proof": gettext_lazy("Domaine de la commune vérifié"),
    "urgent": gettext_lazy("Part de créneaux urgents choisie"),
    "own_domain": gettext_lazy("Domaine propre à la commune"),
    "poster": gettext_lazy("Affiche posée"),
    "widget": gettext_lazy("Bouton vu sur le site de la commune"),
    "contrast": gettext_lazy("Couleur lisible par tous"),
    "english": gettext_lazy("Démarches traduites en anglais"),
}
WORDS = {
    "address": gettext_lazy("adresse"),
    "phone": gettext_lazy("téléphone"),
    "email": gettext_lazy("courriel"),
    "publisher": gettext_lazy("directeur de la publication"),
    "postal_address": gettext_lazy("adresse postale"),
    "dpo_name": gettext_lazy("nom"),
    "dpo_email": gettext_lazy("courriel"),
    "booked": gettext_lazy("à prendre"),
    "cancelled": gettext_lazy("à annuler"),
    "accepted": gettext_lazy("accepter"),
    "planned": gettext_lazy("planifier"),
    "in_progress": gettext_lazy("commencer"),
    "resolved": gettext_lazy("résoudre"),
    "referent": gettext_lazy("référent"),
    "backup": gettext_lazy("remplaçant"),
}
PLACES = {
    "agreement": "onboarding:wizard_agreement",
    "retention": "onboarding:wizard_retention",
    "approval": "onboarding:wizard_approval",
    "mail": "onboarding:wizard_trials",
    "reply": "onboarding:wizard_trials",
    "trial_booking": "onboarding:wizard_trials",
    "trial_report": "onboarding:wizard_trials",
}
BY_ASSOCIATION = frozenset({"training", "referent"})
"""What the commune cannot put right alone."""
EVIDENCE_MOST = 500


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the checklist, as a page shows it; ``href`` is empty where nothing is to do."""

    code: str
    label: str
    evidence: str
    href: str
    minutes: int
    is_settled: bool
    is_blocking: bool
    is_waived: bool

    @property
    def state(self) -> str:
        """The state of a ``task`` tag."""
        if self.is_settled:
            return "done"
        return "blocked" if self.is_blocking else "todo"

    @property
    def tone(self) -> str:
        """The tone of its panel."""
        return "success" if self.is_settled else "warning"


def lines(found: Iterable[Verdict], notes: Mapping[str, str]) -> list[Line]:
    """Say each verdict, with the page where it is put right; ``notes`` say who did what."""
    return [
        Line(
            code=each.item.code,
            label=str(LABELS[each.item.code]),
            evidence=evidence(each, notes),
            href="" if each.is_settled else place_of(each.item.code, each.item.step),
            minutes=each.item.minutes,
            is_settled=each.is_settled,
            is_blocking=each.item.is_blocking,
            is_waived=each.is_waived,
        )
        for each in found
    ]


def place_of(code: str, step: Step) -> str:
    """Return the address where an item is put right."""
    if code in BY_ASSOCIATION:
        return ""
    return reverse(PLACES.get(code, f"onboarding:wizard_{step}"))


def evidence(verdict: Verdict, notes: Mapping[str, str]) -> str:
    """Say in one sentence what was found."""
    if verdict.finding.is_done:
        said = notes.get(verdict.item.code) or _done(verdict)
    else:
        said = _lacking(verdict)
    if verdict.is_waived and not verdict.finding.is_done:
        said = _("Dispense accordée par l’association. %(found)s") % {"found": said}
    return said[:EVIDENCE_MOST]


def _done(verdict: Verdict) -> str:
    code, count = verdict.item.code, verdict.finding.count
    if code in {"slots", "documents", "english"}:
        words = ngettext("%(n)s démarche sur %(n)s", "%(n)s démarches sur %(n)s", count)
        return words % {"n": count}
    if code == "admins":
        return ngettext("%(n)s administrateur", "%(n)s administrateurs", count) % {"n": count}
    return _("Constaté.")


def _lacking(verdict: Verdict) -> str:
    code, finding = verdict.item.code, verdict.finding
    if finding.missing:
        names = ", ".join(str(WORDS.get(each, each)) for each in finding.missing)
        return _("Il manque : %(what)s.") % {"what": names}
    said = {
        "modules": _("Choisissez les rendez-vous, les signalements, ou les deux."),
        "slots": _("Aucune démarche n’est encore proposée en ligne."),
        "documents": _("Aucune démarche n’est encore proposée en ligne."),
        "english": _("Aucune démarche n’est encore proposée en ligne."),
        "mail": _("Le lien du courriel d’essai n’a pas encore été suivi."),
        "reply": _("Le lien envoyé à l’adresse de réponse n’a pas encore été suivi."),
        "agreement": _("Le texte en vigueur n’a pas encore été accepté."),
        "retention": _("Le tableau en vigueur n’a pas encore été accepté."),
        "approval": _("Le dossier n’a pas encore été produit."),
        "training": _("Aucun administrateur n’a encore suivi de formation."),
    }
    if code in said:
        return said[code]
    if code == "admins":
        words = ngettext(
            "%(n)s administrateur : il en faut deux, pour les congés de l’un.",
            "%(n)s administrateurs : il en faut deux, pour les congés de l’un.",
            finding.count,
        )
        return words % {"n": finding.count}
    if code == "second_factor":
        words = ngettext(
            "%(n)s administrateur n’a pas de second facteur.",
            "%(n)s administrateurs n’ont pas de second facteur.",
            finding.count,
        )
        return words % {"n": finding.count} if finding.count else _("Aucun administrateur.")
    return _("Pas encore.")
