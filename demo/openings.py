"""Communes on their way to the opening: one begins, one lacks one thing, one has asked.

Each has a schema, so there are three of them and no more.
"""

import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django_tenants.utils import tenant_context

from booking.models import Appointment, AppointmentEvent, Service, Site
from booking.reconfiguring import reconfigure
from demo import story
from identity.members import ADMIN, DIRECTOR, Member
from onboarding import gate_actions, legal, setting_up, wizard_actions
from onboarding.models import Launch, Proof, Referent
from onboarding.usual import opening_hours
from onboarding.weeks import DAYS
from tenants import lifecycle
from tenants.actions import create_schema
from tenants.directory import proposed_siret
from tenants.models import Association, Commune, Membership, OfficialCommune, User


BEGINS, ONE_SHORT, ASKED = "33051", "33081", "33042"  # Biganos, Cadillac, Belin-Béliet
CODES = (BEGINS, ONE_SHORT, ASKED)
BACKUP = "suppleant@demo.parvis.test"
SERVICES = ("carte-identite", "passeport", "pacs", "recensement-citoyen")
ALL = (Proof.Kind.AGREEMENT, Proof.Kind.RETENTION, Proof.Kind.APPROVAL)
TEXTS = {
    Proof.Kind.AGREEMENT: legal.agreement,
    Proof.Kind.RETENTION: legal.retention,
    Proof.Kind.APPROVAL: legal.approval,
}
DIRECTION = Member(user_id=0, name="Direction de l’association", role=DIRECTOR)


def accounts(slugs: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """List the administrators of these communes: two of each, or the gate would not open."""
    for slug in (slugs[code] for code in CODES if code in slugs):
        yield slug, Membership.Role.ADMIN.value, f"admin@{slug}.demo.parvis.test"
        if slug != slugs.get(BEGINS):
            yield slug, Membership.Role.ADMIN.value, f"secretariat@{slug}.demo.parvis.test"


def create() -> None:
    """Give them their schemas, closed to citizens."""
    for code in CODES:
        commune = lifecycle.ask_creation(commune=Commune.objects.get(insee_code=code))
        create_schema(commune=commune)
        lifecycle.begin_configuring(commune=commune)


def tell(association: Association, *, now: datetime) -> None:
    """Bring two of them to the end of the wizard, once their accounts exist."""
    for code in CODES:
        commune = Commune.objects.select_related("association").get(insee_code=code)
        _give_helpers(commune)
        with tenant_context(commune):
            if code != BEGINS:
                _set_up(commune, now=now)
            wizard_actions.write_readiness(now=now)
        connection.set_schema_to_public()  # type: ignore[attr-defined]
        if code != BEGINS:
            reason = "Formée à Langon avec la commune voisine"
            gate_actions.waive(
                commune=commune, code="training", by=DIRECTION, reason=reason, now=now
            )
    for code in (live.insee_code for live in story.LIVE):
        _settle(Commune.objects.select_related("association").get(insee_code=code), now=now)
    asked = Commune.objects.get(insee_code=ASKED, association=association)
    Launch.objects.create(
        commune=asked,
        asked_at=now - timedelta(hours=3),
        asked_by_name=str(_admin(asked)),
        wished_on=(now + timedelta(days=6)).date(),
    )


def _settle(commune: Commune, *, now: datetime) -> None:
    """Give a commune in service the file and the papers that it opened with."""
    _give_helpers(commune)
    by = Member(user_id=_admin(commune).pk, name=str(_admin(commune)), role=ADMIN)
    official = OfficialCommune.objects.get(pk=commune.insee_code)
    opened = commune.opened_at or now
    with tenant_context(commune):
        values = _file(commune, official) | {"has_reports": True}
        wizard_actions.keep_file(commune=commune, values=values, now=opened)
        _sign(commune, ALL, by=by, now=opened)
        wizard_actions.write_readiness(now=now)
    connection.set_schema_to_public()  # type: ignore[attr-defined]
    reason = "Un seul administrateur : la commune a un seul agent d’accueil"
    gate_actions.waive(commune=commune, code="admins", by=DIRECTION, reason=reason, now=opened)


def _give_helpers(commune: Commune) -> None:
    for rank, email in zip(Referent.Rank.values, (story.REFERENT, BACKUP), strict=True):
        user = User.objects.filter(email=email).first()
        if user is not None:
            Referent.objects.get_or_create(commune=commune, rank=rank, defaults={"user": user})


def _admin(commune: Commune) -> User:
    email = f"admin@{commune.slug}.demo.parvis.test"
    return User.objects.get(email=email)


def _set_up(commune: Commune, *, now: datetime) -> None:
    by = Member(user_id=_admin(commune).pk, name=str(_admin(commune)), role=ADMIN)
    official = OfficialCommune.objects.get(pk=commune.insee_code)
    wizard_actions.keep_file(commune=commune, values=_file(commune, official), now=now)
    reconfigure(label="Mise en route", work=lambda: _offer(commune, now), by=by, now=now)
    _try(now=now)
    wanted = [kind for kind in ALL if commune.insee_code != ONE_SHORT or kind is not ALL[0]]
    _sign(commune, wanted, by=by, now=now - timedelta(days=1))


def _sign(commune: Commune, papers: Iterable[Proof.Kind], *, by: Member, now: datetime) -> None:
    """Accept papers, read the trial mails, take over what was promised, put up the poster."""
    for kind in papers:
        text = TEXTS[kind](commune)
        wizard_actions.prove(
            commune=commune,
            kind=kind,
            subject=text.sha256,
            version=text.version,
            now=now - timedelta(days=1),
            by=by,
        )
    for kind, subject in (
        (Proof.Kind.MAIL, f"admin@{commune.slug}.demo.parvis.test"),
        (Proof.Kind.REPLY, commune.email),
        (Proof.Kind.TAKEOVER, ""),
        (Proof.Kind.POSTER, ""),
    ):
        wizard_actions.prove(commune=commune, kind=kind, subject=subject, now=now, by=by)


def _file(commune: Commune, official: OfficialCommune) -> dict[str, object]:
    domain = f"{commune.slug}.example.org"
    return {
        "publisher": "La maire ou le maire",
        "postal_address": " ".join(commune.address.split()),
        "phone": commune.phone,
        "email": commune.email,
        "secretary_name": "Secrétariat de mairie",
        "secretary_email": f"secretariat@{domain}",
        "dpo_name": "Centre de gestion de la Gironde",
        "dpo_email": "dpo@centre-de-gestion.example.org",
        "accounts_email": f"comptabilite@{domain}",
        "siret": proposed_siret(official.siren),
        "has_booking": True,
        "urgent_percent": 10,
    }


def _offer(commune: Commune, now: datetime) -> None:
    setting_up.set_places(counters=1, stations=1, site_name="Mairie", address=commune.address)
    setting_up.choose_services(SERVICES, site_name="Mairie", address=commune.address)
    week = opening_hours(commune.hours) or DAYS
    setting_up.choose_week(week, urgent_percent=10, now_day=now.date())


def _try(*, now: datetime) -> None:
    """Leave the trace of an appointment that a colleague took and cancelled."""
    start = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=7)
    appointment = Appointment.objects.create(
        reference="ESSAY001",
        service=Service.objects.get(slug=SERVICES[0]),
        site=Site.objects.get(),
        period=DateTimeTZRange(start, start + timedelta(minutes=20)),
        status=Appointment.Status.CANCELLED,
        channel=Appointment.Channel.ONLINE,
        name="Rendez-vous d’essai",
        token_hash=secrets.token_hex(32),
        idempotency_key=uuid4(),
        booked_at=now - timedelta(days=2),
        cancelled_at=now - timedelta(days=2),
    )
    AppointmentEvent.objects.bulk_create(
        AppointmentEvent(appointment=appointment, kind=kind, at=now - timedelta(days=2))
        for kind in (AppointmentEvent.Kind.BOOKED, AppointmentEvent.Kind.CANCELLED)
    )
