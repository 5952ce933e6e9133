"""The register of processings (GDPR, article 30), from what every field says of itself."""

from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _

from messaging import pushing
from messaging.budget import text_settings
from messaging.gateways import is_available
from parvis.personal import Kind, Purpose
from privacy import registry, words
from privacy.models import Choice
from privacy.policy import RULES


STAFF = {Purpose.STAFF, Purpose.SUPPORT, Purpose.TRAINING}
OF_STAFF = {Kind.STAFF}


@dataclass(frozen=True, slots=True)
class Kept:
    """One duration of a processing, and why it is longer than usual."""

    what: str
    time: str
    then: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One processing."""

    purpose: str
    people: str
    kinds: str
    recipients: str
    kept: tuple[Kept, ...]


def entries(*, for_citizens: bool = False) -> list[Entry]:
    """Write the register of the active commune; one query.

    ``for_citizens`` leaves out what tells of the staff.
    """
    chosen = {each.rule: each for each in Choice.objects.all()}
    kinds, rules = defaultdict(set), defaultdict(set)
    for _label, _field, mark in registry.personal():
        if for_citizens and (mark.purpose in STAFF or mark.kind in OF_STAFF):
            continue
        kinds[mark.purpose].add(mark.kind)
        rules[mark.purpose].update(_with_siblings(mark.rule))
    return [
        Entry(
            purpose=str(words.PURPOSES[purpose]),
            people=_("agents et élus") if purpose in STAFF else _("habitants"),
            kinds=", ".join(str(words.KINDS[kind]) for kind in Kind if kind in kinds[purpose]),
            recipients=_recipients(purpose),
            kept=tuple(_kept(key, chosen.get(key)) for key in RULES if key in rules[purpose]),
        )
        for purpose in Purpose
        if purpose in kinds
    ]


def has_texts() -> bool:
    """Tell whether a provider of text messages sees numbers and texts; one query at most."""
    return is_available() and text_settings().is_on


def has_notifications() -> bool:
    """Tell whether the makers of browsers, some outside of Europe, carry sealed notifications."""
    return pushing.is_available()


def processors(*, association: str) -> str:
    """Name those who work on the data for the commune; ``association`` may be empty."""
    named = [_("« %(name)s »") % {"name": association}] if association else []
    named.append(_("l’exploitant de la plateforme (hébergement)"))
    return ", ".join([*named, _("le fournisseur de SMS")] if has_texts() else named)


def transfers() -> str:
    """Say what leaves the European Union."""
    if not has_notifications():
        return _("aucun")
    return _(
        "les notifications que quelqu’un a demandées : chiffrées, elles passent par le fabricant "
        "de son navigateur"
    )


def _with_siblings(rule: str) -> set[str]:
    """Add the rules that end the same fields in other cases."""
    if rule == "pre_application":
        return {rule, "pre_application_missed"}
    if rule == "report_record":
        return {rule, "report_cancelled", "report_abusive"}
    return {rule, "hold"} if rule == "appointment_contact" else {rule}


def _kept(key: str, choice: Choice | None) -> Kept:
    return Kept(
        what=words.name(key),
        time=words.kept(key, choice.number if choice else None),
        then=str(words.ACTIONS[RULES[key].action]),
        reason=choice.reason if choice else "",
    )


def _recipients(purpose: Purpose) -> str:
    if purpose in STAFF:
        return _("administrateurs de la commune, association des maires")
    return _("agents habilités de la commune")
