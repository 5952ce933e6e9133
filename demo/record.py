"""Ten days of the record of a commune: its team, a citizen, the night, and somebody who helped.

Entries of days gone by are inserted as the owner of the database may, with the digest that the
database itself would write; then they are sealed like any other. Every setting is left as it was.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from audit import keeping, noting
from booking.models import Appointment, Opening, Settings
from demo import story
from identity.models import SupportAccess
from incidents.models import Report
from journal import anchoring
from parvis.acting import Actor, acting
from tenants.models import Commune, User


HALL, WORKSHOP, ASSOCIATION = "203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24"
WHY = "Le créneau de mardi à 9 h n’apparaît pas en ligne"
ASKED_BY = "L’accueil, au téléphone"
LASTED = timedelta(minutes=35)
INSERT = """
INSERT INTO audit_entry (at, actor_id, actor_name, channel, origin, host, action, kind,
    object_table, object_id, label, payload, digest)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb,
    encode(sha256(convert_to((%s::jsonb)::text, 'UTF8')), 'hex'))
"""


@dataclass(frozen=True, slots=True)
class Past:
    """One entry of a day gone by."""

    at: datetime
    by: Actor
    kind: str
    what: str
    """The page or the task of a change; of an event, what happened."""
    table: str = ""
    number: int | str = ""
    label: str = ""
    payload: dict[str, Any] = field(default_factory=dict)


def tell(*, commune: Commune, now: datetime) -> str:
    """Write it in the active commune; return the name of its administrator."""
    morning = timezone.localtime(now).replace(hour=9, minute=0, second=0, microsecond=0)
    days = [morning - timedelta(days=number) for number in range(11)]
    who = _team(commune)
    lines = [
        *_settings(days, who),
        *_desk(days, who),
        *_support(commune, days, who),
        *_rights(days, who),
    ]
    with connection.cursor() as cursor:
        cursor.executemany(INSERT, [_row(each) for each in sorted(lines, key=lambda e: e.at)])
    _today(who)
    keeping.seal()
    anchoring.anchor(now=now)
    return who["admin"].name


def _team(commune: Commune) -> dict[str, Actor]:
    """Name those of the demo's accounts who act, each from her network."""
    host = f"{commune.slug}.demo.parvis.test"
    networks = {"admin": HALL, "agent": HALL, "technique": WORKSHOP, "maire": HALL}
    addresses = {f"{role}@{host}": role for role in networks}
    known = User.objects.filter(email__in=[*addresses, story.REFERENT])
    found = {}
    for user in known:
        role = addresses.get(user.email, "referent")
        network = networks.get(role, ASSOCIATION)
        found[role] = Actor(
            name=str(user), user_id=user.pk, channel="staff", origin=network, host=commune.slug
        )
    found["citizen"] = Actor(name="citoyen", channel="citizen", origin="198.51.100.0/24")
    found["task"] = Actor(channel="task")
    return found


def _event(at: datetime, by: Actor, what: str, label: str = "", path: str = "") -> Past:
    return Past(at, by, "event", what, label=label, payload={"path": path} if path else {})


def _settings(days: list[datetime], who: dict[str, Actor]) -> list[Past]:
    admin, rules = who["admin"], Settings.objects.first()
    number, page = rules.pk if rules else 1, "booking:agent:settings:rules"

    def hold(at: datetime, before: int, after: int) -> Past:
        changed = {"before": {"hold_minutes": before}, "after": {"hold_minutes": after}}
        return Past(at, admin, "update", page, "booking_settings", number, payload=changed)

    return [
        _event(days[10], admin, noting.LOGIN),
        hold(days[10] + timedelta(minutes=6), 10, 15),
        _event(days[5], admin, noting.LOGIN),
        hold(days[5] + timedelta(minutes=4), 15, 10),
        _event(
            days[5] + timedelta(minutes=9),
            admin,
            noting.DOWNLOAD,
            "rendez-vous.csv",
            "/agent/chiffres/rendez-vous.csv",
        ),
        _event(days[1], who["maire"], noting.LOGIN),
        _event(
            days[1] + timedelta(minutes=3),
            who["maire"],
            noting.DOWNLOAD,
            "frequentation.csv",
            "/agent/chiffres/frequentation.csv",
        ),
    ]


def _desk(days: list[datetime], who: dict[str, Actor]) -> list[Past]:
    lines = [
        _event(days[8], who["agent"], noting.LOGIN),
        _event(days[7], who["technique"], noting.LOGIN),
        _event(
            days[7] + timedelta(minutes=5),
            who["technique"],
            noting.REFUSED,
            "booking:agent:settings:home",
            "/agent/reglages/",
        ),
    ]
    gone = Appointment.objects.filter(status=Appointment.Status.CANCELLED).order_by("pk").first()
    if gone is not None:
        table, hidden = "booking_appointment", {"hidden": ["email", "name", "phone"]}
        made = {"after": {"status": "booked", "channel": "online"}, **hidden}
        ended = {"before": {"status": "booked"}, "after": {"status": "cancelled"}}
        lines += [
            Past(days[9], who["citizen"], "insert", "booking:book", table, gone.pk,
                 gone.reference, made),
            Past(days[8] + timedelta(minutes=20), who["agent"], "update", "booking:agent:cancel",
                 table, gone.pk, gone.reference, ended),
        ]  # fmt: skip
    told = Report.objects.order_by("pk").first()
    if told is not None:
        moved = {"before": {"status": "received"}, "after": {"status": "accepted"}}
        lines.append(
            Past(days[7] + timedelta(minutes=12), who["technique"], "update",
                 "incidents:agent:move", "incidents_report", told.pk, told.reference, moved)
        )  # fmt: skip
    return lines


def _support(commune: Commune, days: list[datetime], who: dict[str, Actor]) -> list[Past]:
    helper, begin = who["referent"], days[4] + timedelta(hours=5)
    access = SupportAccess.objects.create(
        commune=commune,
        user=User.objects.get(email=story.REFERENT),
        user_name=helper.name,
        reason=WHY,
        asked_by=ASKED_BY,
        opened_at=begin,
        told_at=begin + timedelta(seconds=4),
        ends_at=begin + timedelta(hours=1),
        ended_at=begin + LASTED,
        ended_by_name=who["admin"].name,
    )
    table, number, name = "identity_supportaccess", access.pk, helper.name
    opened = {"after": {"reason": WHY, "asked_by": ASKED_BY, "user_name": name}}
    ended = {"after": {"ended_by_name": who["admin"].name}, "before": {"ended_by_name": ""}}
    pages = {
        "booking:agent:day": "/agent/",
        "booking:agent:figures": "/agent/chiffres/",
        "onboarding:home": "/agent/commune/",
    }
    return [
        Past(begin, helper, "insert", "support", table, number, name, opened),
        *(
            _event(begin + timedelta(minutes=3 * n), helper, noting.SUPPORT_VIEW, page, path)
            for n, (page, path) in enumerate(pages.items(), start=1)
        ),
        Past(begin + LASTED, who["admin"], "update", "journal:end_support", table, number, name,
             ended),
    ]  # fmt: skip


def _rights(days: list[datetime], who: dict[str, Actor]) -> list[Past]:
    citizen, at = who["citizen"], days[3] + timedelta(hours=11)
    asked = {"after": {"kind": "erasure"}}
    return [
        Past(at, citizen, "insert", "privacy:erase", "privacy_datarequest", "", "erasure", asked),
        Past(at, citizen, "event", "audit:erase", "booking_appointment", ""),
    ]


def _row(line: Past) -> list[Any]:
    by, content = line.by, json.dumps(line.payload, ensure_ascii=False)
    return [
        *(line.at, by.user_id, by.name, by.channel, by.origin, by.host, line.what),
        *(line.kind, line.table, str(line.number), line.label, content, content),
    ]


def _today(who: dict[str, Actor]) -> None:
    """Let the database itself write what the administrator does this morning."""
    with acting(who["admin"]):
        noting.note(noting.Fact(noting.LOGIN))
        opening = Opening.objects.order_by("pk").first()
        if opening is not None:
            step = opening.step_minutes
            for minutes in (step * 2, step):
                opening.step_minutes = minutes
                opening.save(update_fields=["step_minutes"])
