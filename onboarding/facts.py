"""Collect what the checklist looks at, in the active commune: some fifteen queries, always."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import get_language, gettext as _

from booking import planning
from booking.models import Appointment, AppointmentEvent, Opening, Resource, Service
from identity.factors import KINDS
from incidents.models import Category, Report, StatusChange
from incidents.models.settings import Settings as ReportSettings
from onboarding import elsewhere, legal
from onboarding.models import CommuneFile, Proof, ReadinessItem
from onboarding.readiness import TRIAL_STATUSES, Facts, ServiceFacts, Verdict, verdicts
from parvis.theme import contrast, palette
from parvis.typo import date_longue
from tenants.models import Commune, Membership


SLOT_DAYS = 30
FIRST_REPORTS = 500  # tests come first: later reports are not looked at
IDENTITY = ("address", "phone", "email")
LEGAL = ("publisher", "postal_address", "phone", "email")


@dataclass(frozen=True, slots=True)
class Situation:
    """A commune with its file, its facts, and what was waived for it."""

    commune: Commune
    file: CommuneFile
    facts: Facts
    waived: frozenset[str] = field(default_factory=frozenset)
    notes: Mapping[str, str] = field(default_factory=dict)
    """Who did what and when, by the code of the item that it settles."""

    @property
    def found(self) -> list[Verdict]:
        """What every check says."""
        return verdicts(self.facts, waived=self.waived)


def situation(*, now: datetime) -> Situation:
    """Read how far the active commune is."""
    commune = Commune.objects.select_related("association").get(pk=planning.current_commune().pk)
    own = file_of(commune, now=now)
    proofs = list(Proof.objects.filter(commune=commune))
    waived = ReadinessItem.objects.filter(commune=commune, waived_at__isnull=False)
    return Situation(
        commune=commune,
        file=own,
        facts=_facts(commune, own, {(each.kind, each.subject) for each in proofs}, now=now),
        waived=frozenset(waived.values_list("code", flat=True)),
        notes={each.kind: _signed(each, commune) for each in proofs},
    )


def file_of(commune: Commune, *, now: datetime) -> CommuneFile:
    """Return the file of a commune; one that is not saved yet begins with what is known."""
    known = CommuneFile.objects.filter(commune=commune).first()
    return known or CommuneFile(commune=commune, updated_at=now)


def _signed(proof: Proof, commune: Commune) -> str:
    day = proof.at.astimezone(ZoneInfo(commune.time_zone)).date()
    who = proof.by_name or proof.subject
    return _("%(who)s, le %(day)s.") % {
        "who": who,
        "day": date_longue(day, get_language() or "fr"),
    }


def _facts(
    commune: Commune, own: CommuneFile, proofs: Collection[tuple[str, str]], *, now: datetime
) -> Facts:
    protected = dict(_admins(commune))
    referent, backup = elsewhere.helpers(commune)
    domains = elsewhere.domains(commune)
    booked, cancelled = _trial_booking(list(protected))
    kind = Proof.Kind
    return Facts(
        has_booking=own.has_booking,
        has_reports=own.has_reports,
        identity_missing=_empty(commune, IDENTITY),
        legal_missing=_empty(own, LEGAL),
        dpo_name=own.dpo_name,
        dpo_email=own.dpo_email,
        has_secretary=bool(own.secretary_name and (own.secretary_email or own.secretary_phone)),
        has_siret=bool(own.siret),
        counters=Resource.objects.filter(active=True).count(),
        openings=Opening.objects.count(),
        services=_services(now=now),
        categories=Category.objects.offered().count(),
        receipt_missing=_receipt_missing(commune),
        admins=len(protected),
        protected_admins=sum(protected.values()),
        mail_received=any(each == kind.MAIL for each, _subject in proofs),
        reply_works=(kind.REPLY, commune.email) in proofs and commune.email != "",
        agreement_signed=(kind.AGREEMENT, legal.agreement(commune).sha256) in proofs,
        retention_set=(kind.RETENTION, legal.retention(commune).sha256) in proofs,
        approval_dated=(kind.APPROVAL, legal.approval(commune).sha256) in proofs,
        trial_booked=booked,
        trial_cancelled=cancelled,
        trial_statuses=_trial_statuses(),
        trained_admins=elsewhere.trained_admins(commune, protected),
        referent=referent.name if referent else "",
        backup=backup.name if backup else "",
        domains_unproved=domains.unproved,
        has_own_domain=bool(domains.own),
        widget_seen=elsewhere.widget_seen(commune),
        takeover_done=any(each == kind.TAKEOVER for each, _subject in proofs)
        or elsewhere.has_imported(),
        poster_up=any(each == kind.POSTER for each, _subject in proofs),
        urgent_set=own.urgent_percent is not None,
        contrast=contrast(palette(commune.brand_colour).action, "#ffffff"),
    )


def _empty(row: Commune | CommuneFile, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in names if not getattr(row, name))


def _admins(commune: Commune) -> list[tuple[int, bool]]:
    """List the active administrators, each with whether a second factor protects her."""
    keys = Authenticator.objects.filter(user_id=OuterRef("user_id"), type__in=KINDS)
    team = Membership.objects.at_work().filter(commune=commune, role=Membership.Role.ADMIN)
    found = team.annotate(is_safe=Exists(keys)).values_list("user_id", "is_safe")
    return [(user, is_safe or settings.DEMO) for user, is_safe in found]  # asked of nobody there


def _services(*, now: datetime) -> tuple[ServiceFacts, ...]:
    offered = list(Service.objects.offered_online())
    first = planning.local_day(now)
    days = planning.first_days(offered, first=first, days=SLOT_DAYS, now=now) if offered else {}
    return tuple(
        ServiceFacts(
            name=each.name,
            first_day=days.get(each.pk),
            has_documents=bool(each.titles or each.documents or each.needs_no_document),
            has_english=bool(each.name_en),
        )
        for each in offered
    )


def _trial_booking(admins: Sequence[int]) -> tuple[bool, bool]:
    """Tell whether somebody else than an administrator booked, and cancelled what she booked."""
    events = AppointmentEvent.objects.filter(appointment=OuterRef("pk")).filter(
        Q(by_id__isnull=True) | ~Q(by_id__in=admins)
    )
    booked = Appointment.objects.filter(Exists(events.filter(kind="booked")))
    cancelled = booked.filter(status="cancelled").filter(Exists(events.filter(kind="cancelled")))
    if cancelled.exists():
        return True, True
    return booked.exists(), False


def _trial_statuses() -> frozenset[str]:
    """List the statuses of the early report that went through most of them."""
    early = Report.objects.order_by("pk")[:FIRST_REPORTS]
    best = (
        StatusChange.objects.filter(report__in=early.values("pk"), after__in=TRIAL_STATUSES)
        .order_by()
        .values("report")
        .annotate(known=Count("after", distinct=True), after_all=ArrayAgg("after", distinct=True))
        .order_by("-known", "report")
        .values_list("after_all", flat=True)
        .first()
    )
    return frozenset(best or ())


def _receipt_missing(commune: Commune) -> tuple[str, ...]:
    own = ReportSettings.objects.filter(pk=1).first() or ReportSettings()
    said = {
        "address": own.service_address or commune.address,
        "email": own.service_email or commune.email,
        "phone": own.service_phone or commune.phone,
    }
    return tuple(name for name, value in said.items() if not value)
