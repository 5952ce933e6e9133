"""From facts about a commune to what is missing before it opens: pure, no database, no words.

Every check looks at facts; nothing is ever ticked by hand. Blocking ones form the gate, the
others advise. Words are in :mod:`onboarding.readiness_words`.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


ADMINS_WANTED = 2
CONTRAST_WANTED = 4.5
BLOCKING_WEIGHT, WARNING_WEIGHT = 3, 1
TRIAL_STATUSES = ("accepted", "planned", "in_progress", "resolved")
"""What a test report goes through, once received."""


class Step(StrEnum):
    """The ten steps of the wizard, in order."""

    IDENTITY = "identity"
    CONTACTS = "contacts"
    MODULES = "modules"
    SERVICES = "services"
    HOURS = "hours"
    REPORTS = "reports"
    TEAM = "team"
    TAKEOVER = "takeover"
    KIT = "kit"
    CHECK = "check"


MINUTES: dict[Step, int] = {
    Step.IDENTITY: 1,
    Step.CONTACTS: 4,
    Step.MODULES: 1,
    Step.SERVICES: 2,
    Step.HOURS: 2,
    Step.REPORTS: 2,
    Step.TEAM: 3,
    Step.TAKEOVER: 2,
    Step.KIT: 3,
}
OPTIONAL = frozenset({Step.TAKEOVER, Step.KIT})


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """A service that citizens may book by themselves."""

    name: str
    first_day: date | None
    """Its first bookable day within 30 days."""
    has_documents: bool
    has_english: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that the checks look at. Empty strings and zeros mean "not yet"."""

    has_booking: bool = False
    has_reports: bool = False
    identity_missing: tuple[str, ...] = ()
    """Codes of what the identity lacks: address, phone, email."""
    legal_missing: tuple[str, ...] = ()
    """Codes of what the legal pages lack: publisher, postal_address, phone, email."""
    dpo_name: str = ""
    dpo_email: str = ""
    has_secretary: bool = False
    has_siret: bool = False
    counters: int = 0
    openings: int = 0
    services: tuple[ServiceFacts, ...] = ()
    categories: int = 0
    receipt_missing: tuple[str, ...] = ()
    """Codes of what an acknowledgement could not say: address, email, phone."""
    admins: int = 0
    protected_admins: int = 0
    """Those of them who have a second factor."""
    mail_received: bool = False
    reply_works: bool = False
    agreement_signed: bool = False
    retention_set: bool = False
    approval_dated: bool = False
    trial_booked: bool = False
    trial_cancelled: bool = False
    trial_statuses: frozenset[str] = frozenset()
    """The statuses that the most advanced test report went through."""
    trained_admins: int = 0
    referent: str = ""
    backup: str = ""
    domains_unproved: tuple[str, ...] = ()
    has_own_domain: bool = False
    widget_seen: bool = False
    takeover_done: bool = False
    poster_up: bool = False
    urgent_set: bool = False
    contrast: float = 21.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found; ``missing`` names what is not there yet."""

    is_done: bool
    missing: tuple[str, ...] = ()
    count: int = 0


Check = Callable[[Facts], Finding]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of the checklist."""

    code: str
    step: Step
    minutes: int
    check: Check
    is_blocking: bool = True
    is_waivable: bool = False
    concerns: Callable[[Facts], bool] = field(default=lambda _facts: True)
    """Whether the commune has to do with it at all."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an item says of a commune."""

    item: Item
    finding: Finding
    is_waived: bool = False

    @property
    def is_settled(self) -> bool:
        """Whether it holds nothing back."""
        return self.finding.is_done or self.is_waived


def verdicts(facts: Facts, *, waived: Collection[str] = ()) -> list[Verdict]:
    """Run every check that concerns the commune, in the order of the list.

    A waiver counts only for what the association may waive.
    """
    return [
        Verdict(item, item.check(facts), item.is_waivable and item.code in waived)
        for item in ITEMS
        if item.concerns(facts)
    ]


def missing(facts: Facts, *, waived: Collection[str] = ()) -> list[Verdict]:
    """List what is not settled, what blocks first."""
    found = [each for each in verdicts(facts, waived=waived) if not each.is_settled]
    return sorted(found, key=lambda each: not each.item.is_blocking)


def is_ready(found: Sequence[Verdict]) -> bool:
    """Tell whether nothing blocks any more."""
    return all(each.is_settled for each in found if each.item.is_blocking)


def score(found: Sequence[Verdict]) -> int:
    """Weigh what is settled, 0 to 100; 100 only when everything is."""
    return weigh((each.item.is_blocking, each.is_settled) for each in found)


def weigh(found: Iterable[tuple[bool, bool]]) -> int:
    """Score what is known of each check: whether it blocks, whether it is settled."""
    weights = [
        (BLOCKING_WEIGHT if is_blocking else WARNING_WEIGHT, is_settled)
        for is_blocking, is_settled in found
    ]
    total = sum(weight for weight, _settled in weights)
    return 100 * sum(weight for weight, settled in weights if settled) // total if total else 0


def steps_done(facts: Facts, *, waived: Collection[str] = ()) -> dict[Step, bool]:
    """Tell of each step whether the facts say that it is done."""
    found = verdicts(facts, waived=waived)
    blocked = {each.item.step for each in found if each.item.is_blocking and not each.is_settled}
    has_module = facts.has_booking or facts.has_reports
    own = {
        Step.IDENTITY: not facts.identity_missing,
        Step.CONTACTS: facts.has_secretary and facts.has_siret,
        Step.MODULES: has_module and (facts.counters > 0 or not facts.has_booking),
        Step.SERVICES: bool(facts.services) or not facts.has_booking,
        Step.HOURS: facts.openings > 0 or not facts.has_booking,
        Step.REPORTS: facts.categories > 0 or not facts.has_reports,
        Step.TEAM: True,
        Step.TAKEOVER: facts.takeover_done,
        Step.KIT: facts.poster_up,
        Step.CHECK: has_module and is_ready(found),
    }
    return {
        step: own[step]
        and (step is Step.CHECK or step not in blocked)
        and (has_module or step not in AFTER_MODULES)
        for step in Step
    }


def minutes_left(done: dict[Step, bool], found: Sequence[Verdict]) -> int:
    """Add up the minutes of the steps that remain, those one may skip left out.

    The last step takes as long as what it still finds.
    """
    last = sum(
        each.item.minutes
        for each in found
        if each.item.step is Step.CHECK and each.item.is_blocking and not each.is_settled
    )
    steps = (step for step in Step if not done[step] and step not in OPTIONAL)
    return sum(last if step is Step.CHECK else MINUTES[step] for step in steps)


AFTER_MODULES = frozenset({Step.SERVICES, Step.HOURS, Step.REPORTS})
"""Steps that mean nothing before the commune says what it takes up."""


# --- The checks ---------------------------------------------------------------------------


def _flag(name: str) -> Check:
    return lambda facts: Finding(bool(getattr(facts, name)))


def _nothing_in(name: str) -> Check:
    def check(facts: Facts) -> Finding:
        lacking = getattr(facts, name)
        return Finding(not lacking, tuple(lacking))

    return check


def _each_service(has: Callable[[ServiceFacts], bool]) -> Check:
    def check(facts: Facts) -> Finding:
        lacking = tuple(each.name for each in facts.services if not has(each))
        return Finding(bool(facts.services) and not lacking, lacking, len(facts.services))

    return check


def _lacking(**values: str) -> Finding:
    lacking = tuple(name for name, value in values.items() if not value)
    return Finding(not lacking, lacking)


def _dpo(facts: Facts) -> Finding:
    return _lacking(dpo_name=facts.dpo_name, dpo_email=facts.dpo_email)


def _two_admins(facts: Facts) -> Finding:
    return Finding(facts.admins >= ADMINS_WANTED, count=facts.admins)


def _protected(facts: Facts) -> Finding:
    """Every administrator has a second factor, and there is one at least."""
    bare = facts.admins - facts.protected_admins
    return Finding(facts.protected_admins > 0 and bare == 0, count=max(0, bare))


def _trial_booking(facts: Facts) -> Finding:
    if not facts.trial_booked:
        return Finding(is_done=False, missing=("booked", "cancelled"))
    return Finding(facts.trial_cancelled, () if facts.trial_cancelled else ("cancelled",))


def _trial_report(facts: Facts) -> Finding:
    lacking = tuple(each for each in TRIAL_STATUSES if each not in facts.trial_statuses)
    return Finding(not lacking, lacking)


def _referent(facts: Facts) -> Finding:
    return _lacking(referent=facts.referent, backup=facts.backup)


def _trained(facts: Facts) -> Finding:
    return Finding(facts.trained_admins > 0, count=facts.trained_admins)


def _contrast(facts: Facts) -> Finding:
    return Finding(facts.contrast >= CONTRAST_WANTED, count=round(facts.contrast * 10))


def _books(facts: Facts) -> bool:
    return facts.has_booking


def _reports(facts: Facts) -> bool:
    return facts.has_reports


def _has_module(facts: Facts) -> Finding:
    return Finding(facts.has_booking or facts.has_reports)


ITEMS: tuple[Item, ...] = (
    Item(code="modules", step=Step.MODULES, minutes=1, check=_has_module),
    Item(
        code="slots",
        step=Step.HOURS,
        minutes=2,
        check=_each_service(lambda service: service.first_day is not None),
        concerns=_books,
    ),
    Item(
        code="documents",
        step=Step.SERVICES,
        minutes=2,
        check=_each_service(lambda service: service.has_documents),
        concerns=_books,
    ),
    Item(code="admins", step=Step.TEAM, minutes=2, check=_two_admins, is_waivable=True),
    Item(code="second_factor", step=Step.TEAM, minutes=2, check=_protected),
    Item(code="legal", step=Step.CONTACTS, minutes=2, check=_nothing_in("legal_missing")),
    Item(code="dpo", step=Step.CONTACTS, minutes=1, check=_dpo),
    Item(code="mail", step=Step.CHECK, minutes=1, check=_flag("mail_received")),
    Item(code="reply", step=Step.CHECK, minutes=1, check=_flag("reply_works")),
    Item(code="agreement", step=Step.CHECK, minutes=3, check=_flag("agreement_signed")),
    Item(code="retention", step=Step.CHECK, minutes=1, check=_flag("retention_set")),
    Item(code="approval", step=Step.CHECK, minutes=2, check=_flag("approval_dated")),
    Item(
        code="receipt",
        step=Step.IDENTITY,
        minutes=1,
        check=_nothing_in("receipt_missing"),
        concerns=_reports,
    ),
    Item(
        code="trial_booking",
        step=Step.CHECK,
        minutes=3,
        check=_trial_booking,
        concerns=_books,
    ),
    Item(code="trial_report", step=Step.CHECK, minutes=3, check=_trial_report, concerns=_reports),
    Item(code="training", step=Step.CHECK, minutes=0, check=_trained, is_waivable=True),
    Item(code="referent", step=Step.CHECK, minutes=0, check=_referent),
    Item(
        code="domain_proof",
        step=Step.KIT,
        minutes=5,
        check=_nothing_in("domains_unproved"),
        concerns=lambda facts: facts.has_own_domain,
    ),
    Item(
        code="urgent",
        step=Step.MODULES,
        minutes=1,
        check=_flag("urgent_set"),
        is_blocking=False,
        concerns=_books,
    ),
    Item(
        code="own_domain",
        step=Step.KIT,
        minutes=5,
        check=_flag("has_own_domain"),
        is_blocking=False,
    ),
    Item(code="poster", step=Step.KIT, minutes=3, check=_flag("poster_up"), is_blocking=False),
    Item(code="widget", step=Step.KIT, minutes=5, check=_flag("widget_seen"), is_blocking=False),
    Item(code="contrast", step=Step.IDENTITY, minutes=1, check=_contrast, is_blocking=False),
    Item(
        code="english",
        step=Step.SERVICES,
        minutes=2,
        check=_each_service(lambda service: service.has_english),
        is_blocking=False,
        concerns=_books,
    ),
)
BY_CODE = {item.code: item for item in ITEMS}
