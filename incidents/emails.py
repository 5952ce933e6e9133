"""What people are told about reports, in the language they reported in.

Nothing that a citizen typed is repeated to another: only the town hall's words are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.utils import timezone, translation

from incidents import links, own_words, receipts
from incidents.calendar import current_commune
from incidents.deadlines import LATE_AT
from incidents.models import Follower, Handler, Message, Report, StatusChange
from incidents.models.reports import REASON_WORDS, STATUS_WORDS
from incidents.workflow import DECIDED, Status
from messaging.kinds import HEADER, Kind
from parvis.mail import FACT, LANGUAGE
from parvis.pacing import PACED
from parvis.signing import digest
from tenants.hosts import absolute_url
from tenants.models import Commune


KINDS = {  # what its reader may refuse
    "moved": Kind.NEWS,
    "said": Kind.NEWS,
    "merged": Kind.NEWS,
    "to_team": Kind.TEAM,
    "assigned": Kind.ASSIGNED,
    "escalated": Kind.LATE,
}
PACED_EVENTS = {"received", "link", "asked_to_follow"}  # what a stranger can make us send
SHOWN_MOST = 30  # reports that one message lists


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who is written to, and her own link."""

    email: str
    language: str
    path: str
    is_reporter: bool = False


def recipients(report: Report) -> list[Recipient]:
    """List who has asked for news: the reporter, then those who confirmed; two queries."""
    contact = report.contact
    found = []
    if contact.email and contact.wants_news:
        found.append(
            Recipient(contact.email, contact.language, links.path_to(report), is_reporter=True)
        )
    confirmed = report.followers.filter(confirmed_at__isnull=False).order_by("pk")
    found += [
        Recipient(each.email, each.language, links.path_to_follower(each)) for each in confirmed
    ]
    return found


def received(report: Report, commune: Commune, *, token: str) -> EmailMessage:
    """Acknowledge a report (CRPA, articles L112-11 and R112-11-1), with the link to follow it."""
    contact = report.contact
    return _render(
        "received",
        commune,
        Recipient(contact.email, contact.language, links.path_with(token), is_reporter=True),
        fact=f"received.{report.pk}",
        report=report,
        mentions=lambda: receipts.mentions(report, commune),
    )


def moved(change: StatusChange, commune: Commune, to: Iterable[Recipient]) -> list[EmailMessage]:
    """Tell a move, with the words of the town hall."""
    report = change.report
    return [
        _render(
            "moved",
            commune,
            each,
            fact=f"moved.{change.pk}.{number}",
            **_about(report, change.after, change.reason),
            text=_said_to(each, change.message),
        )
        for number, each in enumerate(to)
    ]


def said(message: Message, commune: Commune, to: Iterable[Recipient]) -> list[EmailMessage]:
    """Pass on what the town hall says."""
    return [
        _render(
            "said",
            commune,
            each,
            fact=f"said.{message.pk}.{number}",
            report=message.report,
            text=message.text,
        )
        for number, each in enumerate(to)
    ]


def merged(
    report: Report, master: Report, commune: Commune, to: Iterable[Recipient]
) -> list[EmailMessage]:
    """Tell that a report is now handled with another, which they follow from now on."""
    return [
        _render(
            "merged",
            commune,
            each,
            fact=f"merged.{report.pk}.{report.version}.{number}",
            report=report,
            master=master,
        )
        for number, each in enumerate(to)
    ]


def asked_to_follow(follower: Follower, commune: Commune, *, repeat: str) -> EmailMessage:
    """Ask whoever gave an address to confirm that it is hers; ``repeat`` as in ``link``."""
    return _render(
        "asked_to_follow",
        commune,
        Recipient(follower.email, follower.language, links.path_to_follower(follower)),
        fact=f"follow.{follower.pk}.{repeat}",
        report=follower.report,
    )


def link(report: Report, commune: Commune, *, repeat: str) -> EmailMessage:
    """Send the follow-up link again; ``repeat`` tells one demand from the next."""
    contact = report.contact
    return _render(
        "link",
        commune,
        Recipient(contact.email, contact.language, links.path_to(report), is_reporter=True),
        fact=f"link.{report.pk}.{repeat}",
        report=report,
    )


def to_partner(report: Report, handler: Handler, commune: Commune, *, text: str) -> EmailMessage:
    """Give a report to a body or a company, with the link by which it answers; no identity."""
    return _render(
        "to_partner",
        commune,
        Recipient(handler.email, "fr", links.path_to_partner(report, handler)),
        fact=f"partner.{report.pk}.{handler.pk}.{report.version}",
        report=report,
        handler=handler,
        text=text,
    )


def to_team(report: Report, commune: Commune, *, event: str) -> EmailMessage | None:
    """Tell the team in charge: ``new``, ``contested``, ``still-there``, ``thanked``, an answer."""
    if report.team is None or not report.team.email:
        return None
    return _render(
        "to_team",
        commune,
        Recipient(report.team.email, "fr", links.path_to_desk(report)),
        fact=f"team.{event}.{report.pk}.{report.version}",
        report=report,
        news=event,
    )


def assigned(reports: Sequence[Report], commune: Commune, *, email: str) -> EmailMessage:
    """Tell a team or one of its people what was given to them: one report, or many at once."""
    first = reports[0]
    path = links.path_to_desk(first) if len(reports) == 1 else links.DESK
    desk = absolute_url(commune, links.DESK)
    shown = [(each, f"{desk}{each.reference}/") for each in reports[:SHOWN_MOST]]
    return _render(
        "assigned",
        commune,
        Recipient(email, "fr", path),
        fact=f"assigned.{first.pk}.{first.version}.{len(reports)}.{digest(email)[:12]}",
        report=first,
        reports=shown,
        count=len(reports),
        others=len(reports) - len(shown),
    )


def reminded(report: Report, commune: Commune, *, text: str, until: datetime) -> EmailMessage:
    """Ask the reporter again what the town hall asked, and say when the report will be closed."""
    contact = report.contact
    return _render(
        "reminded",
        commune,
        Recipient(contact.email, contact.language, links.path_to(report), is_reporter=True),
        fact=f"reminded.{report.pk}.{report.version}",
        report=report,
        text=text,
        until=until,
    )


def escalated(
    email: str, late: Sequence[tuple[Report, int]], commune: Commune, *, now: datetime
) -> EmailMessage:
    """Tell somebody in charge which reports near their promised date, and which have passed it."""
    desk = absolute_url(commune, links.DESK)  # asked once, however many there are
    lines = [(report, f"{desk}{report.reference}/", level) for report, level in late]
    return _render(
        "escalated",
        commune,
        Recipient(email, "fr", links.DESK),
        fact=f"escalated.{now:%Y%m%d%H%M%S}.{digest(email)[:16]}",
        late=[line for line in lines if line[2] >= LATE_AT],
        soon=[line for line in lines if line[2] < LATE_AT],
        n=len(lines),
    )


def preview_move(
    report: Report,
    to: str,
    *,
    reason: str = "",
    text: str = "",
    planned_on: date | None = None,
    handler: Handler | None = None,
) -> str:
    """Return the words that the reporter would read if the report moved so."""
    shown = Report(
        pk=report.pk,
        reference=report.reference,
        category=report.category,
        handler=handler or report.handler,
        due_at=report.due_at,
        planned_on=planned_on or report.planned_on,
        lat=report.lat,
        lon=report.lon,
    )
    with translation.override("fr"):
        words = render_to_string(
            "incidents/emails/moved.txt",
            {
                **_about(shown, to, reason),
                "commune": current_commune(),
                "text": text,
                "url": "…",
                "is_reporter": True,
            },
            using="text",
        )
    return words.strip()


def send(messages: Iterable[EmailMessage | None]) -> int:
    """Put messages in the outbox, in the transaction that gives their reason; one statement.

    What the commune adds to each is read at once for all, in one query.
    """
    ready = own_words.added(each for each in messages if each is not None)
    return get_connection().send_messages(ready) or 0 if ready else 0


def _said_to(reader: Recipient, message: Message | None) -> str:
    """Return the words of the town hall that go with a move, where this reader may have them."""
    if message is None or message.author == Message.Author.REPORTER:
        return ""
    is_hers = reader.is_reporter and message.audience == Message.Audience.REPORTER
    return message.text if is_hers or message.audience == Message.Audience.PUBLIC else ""


def _about(report: Report, status: str, reason: str) -> dict[str, Any]:
    return {
        "report": report,
        "status": status,
        "status_word": STATUS_WORDS[Status(status)],
        "reason_word": REASON_WORDS.get(reason, "") if reason else "",  # type: ignore[call-overload]
        "is_closed": status in DECIDED,
    }


def _render(
    event: str, commune: Commune, to: Recipient, *, fact: str, **facts: Any
) -> EmailMessage:
    """Write one message in the language of its reader and the local time of the commune."""
    with translation.override(to.language), timezone.override(ZoneInfo(commune.time_zone)):
        context = {
            "commune": commune,
            "url": absolute_url(commune, to.path),
            "language": to.language,
            "is_reporter": to.is_reporter,
            **facts,
        }
        name = f"incidents/emails/{event}"
        subject = render_to_string(f"{name}_subject.txt", context, using="text")
        message = own_words.Written(
            subject=" ".join(subject.strip().splitlines()),
            body=render_to_string(f"{name}.txt", context, using="text"),
            to=[to.email],
            reply_to=[commune.email] if commune.email else None,
            headers={FACT: fact, LANGUAGE: to.language}
            | ({PACED: "1"} if event in PACED_EVENTS else {})
            | ({HEADER: KINDS[event]} if event in KINDS else {}),
        )
        message.event = event
        if report := facts.get("report"):
            message.marks = own_words.marks(report, day=timezone.localdate())
        return message
