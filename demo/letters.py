"""One of each message that the first live commune writes, in French and in English.

Each is written by what the product writes it with, about what the commune holds already; nothing
else changes.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from operator import attrgetter

from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext

from booking import emails, links, planning, pushes, titles
from booking.models import Appointment, AppointmentEvent, Participant, Title, WaitingEntry
from identity.emails import support_opened
from identity.members import ADMIN as ADMIN_ROLE, Member
from identity.models import SupportAccess
from incidents import emails as reports, links as follow
from incidents.deadlines import LATE_AT, WARNED_AT
from incidents.models import Follower, Handler, Message, Report, StatusChange
from incidents.workflow import Status
from messaging import digests, preferences, trials
from messaging.kinds import Choice, Kind
from messaging.models import Gathered, OutgoingPush
from onboarding import wizard_emails
from onboarding.models import Proof
from parvis import typo
from privacy import actions as privacy, rights
from privacy.models import DataRequest
from tenants.hosts import absolute_url
from tenants.models import Commune, User


ADMIN = Member(user_id=0, name="Ana Duprat", role=ADMIN_ROLE)
WISHES = {
    "fr": "Mon nom est mal écrit dans vos messages.",
    "en": "My name is misspelt in your messages.",
}
ANSWERS = {
    "fr": "C’est corrigé. Merci de nous l’avoir signalé.",
    "en": "It has been corrected. Thank you for telling us.",
}
LANGUAGES = ("fr", "en")
READER = "lecture@example.org"
AWAY, MINUTES = timedelta(days=3), timedelta(minutes=30)
ASKED = {
    "fr": "De quel côté de la rue se trouve le lampadaire ?",
    "en": "On which side of the street is the lamp?",
}
TEAM_NEWS = ("new", "contested", "still-there", "thanked", "answered")
NEWS = {
    "fr": (
        (Kind.TEAM, "Nouveau signalement · Nid-de-poule · rue Ferdinand-Buisson"),
        (Kind.TEAM, "On vous dit merci · Éclairage public"),
        (Kind.LATE, "2 signalements à ne pas oublier"),
    ),
    "en": (
        (Kind.NEWS, "Report: Pothole: planned"),
        (Kind.NEWS, "Report: Street light: closed"),
    ),
}
Write = Callable[[Appointment, Commune], EmailMessage]


@transaction.atomic
def show(*, now: datetime) -> None:
    """Write those of the active commune."""
    commune = planning.current_commune()
    _appointments(commune, now=now)
    _waiting_list(commune)
    _titles(commune, now=now)
    _reports(commune, now=now)
    _team(commune, now=now)
    _notifications(now=now)


def _appointments(commune: Commune, *, now: datetime) -> None:
    """Tell each thing that can happen to an appointment, to a different person each time."""
    coming = iter(
        Appointment.objects.filter(
            status=Appointment.Status.BOOKED, period__startswith__gt=now + timedelta(days=2)
        )
        .exclude(email="")
        .select_related("service", "site")
        .order_by("period", "pk")
    )
    entry = WaitingEntry.objects.order_by("pk").first()
    kinds: list[Write] = [
        lambda each, by: emails.booked(each, by, token=links.secret_of(each)),
        lambda each, by: emails.moved(each, by, former=each.start - AWAY, has_new_price=False),
        emails.repriced,
        lambda each, by: emails.relisted(each, by, others=_other_lists(each), is_by_law=False),
        emails.shortened,
        lambda each, by: emails.reminder(each, by, now=each.start - AWAY),
        lambda each, by: emails.presence(each, by, until=each.start - timedelta(days=1)),
        emails.given_back,
        lambda each, by: emails.link(each, by, token=links.secret_of(each)),
        lambda each, by: emails.proposed(each, by, reason="une coupure d’électricité"),
        lambda each, by: emails.number_refused(
            each, by, until=each.start - timedelta(days=2), cancels=False
        ),
        emails.stands,
        emails.incomplete,
        emails.cancelled,
    ]
    if entry is not None:
        kinds.append(lambda each, by: emails.offered(_held(each, now), by, entry=entry))
    for write in kinds:
        for language, each in zip(LANGUAGES, coming, strict=False):
            each.language = language
            write(each, commune).send()


def _other_lists(appointment: Appointment) -> dict[int, dict[str, object]]:
    """Take what another appointment was asked for as the list that has changed."""
    others = Participant.objects.exclude(appointment__service=appointment.service)
    found = others.exclude(documents={}).order_by("pk").first()
    return {1: found.documents} if found else {}


def _held(appointment: Appointment, now: datetime) -> Appointment:
    appointment.held_until = now + timedelta(hours=20)
    return appointment


def _waiting_list(commune: Commune) -> None:
    """Tell two who wait that they do no more; that they wait, they were told already."""
    entries = WaitingEntry.objects.exclude(email="").select_related("service").order_by("pk")
    for language, entry in zip(LANGUAGES, entries, strict=False):
        entry.language = language
        emails.forgotten(entry, commune).send()


def _titles(commune: Commune, *, now: datetime) -> None:
    found = list(Title.objects.exclude(email="").order_by("pk")[:3])
    for write in (emails.arrived, emails.uncollected):
        for language, family in zip(LANGUAGES, ([found[:1], found[1:]]), strict=True):
            for each in family:
                each.language, each.reminded_at = language, now
            if family:
                write(family, commune, service=titles.collection_service()).send()


def _reports(commune: Commune, *, now: datetime) -> None:
    """Tell each step of a report, what is said of it, and what other bodies are told."""
    changes = {
        each.after: each
        for each in StatusChange.objects.select_related("report__category", "report__handler")
        .select_related("report__contact", "report__team", "message")
        .exclude(after=Status.RECEIVED)
        .order_by("-pk")
    }
    told: list[EmailMessage | None] = []
    for change in changes.values():
        told += reports.moved(change, commune, _readers(change.report))
    known = [each.report for each in changes.values()]
    if len(known) < len(LANGUAGES):
        return
    words = Message.objects.filter(author="staff", audience="public").order_by("pk").first()
    if words is not None:
        told += reports.said(words, commune, _readers(words.report))
    one, two = known[:2]
    told += reports.merged(one, two, commune, _readers(one))
    for language, report in zip(LANGUAGES, known, strict=False):
        report.contact.language, report.contact.email = language, READER
        follower = Follower(pk=0, report=report, email=READER, language=language, token_hash="0")  # noqa: S106 (opens nothing)
        token = follow.path_to(report).strip("/").rpartition("/")[2]
        told += [
            reports.received(report, commune, token=token),
            reports.link(report, commune, repeat="demo"),
            reports.asked_to_follow(follower, commune, repeat=f"demo-{language}"),
            reports.reminded(report, commune, text=ASKED[language], until=now + 2 * AWAY),
        ]
    partner = Handler.objects.exclude(email="").order_by("pk").first()
    if partner is not None:
        told.append(reports.to_partner(one, partner, commune, text="Merci de votre passage."))
    mine = next((each for each in known if each.team), None)
    if mine is not None and mine.team is not None:
        mine.team.email = mine.team.email or READER
        told += [reports.to_team(mine, commune, event=event) for event in TEAM_NEWS]
    told.append(reports.assigned([one], commune, email=READER))
    told.append(reports.assigned(known, commune, email=READER))
    due = sorted((each for each in known if each.due_at), key=attrgetter("due_at"))[:4]
    late = [(each, LATE_AT if number < 2 else WARNED_AT) for number, each in enumerate(due)]  # noqa: PLR2004 (two of four)
    told.append(reports.escalated(READER, late, commune, now=now))
    reports.send(told)


def _readers(report: Report) -> Iterator[reports.Recipient]:
    for language in LANGUAGES:
        yield reports.Recipient(READER, language, follow.path_to(report), is_reporter=True)


def _team(commune: Commune, *, now: datetime) -> None:
    """Write what the commune's own people are told: digest, support, trials, requests on data."""
    desk = f"technique@{commune.slug}.demo.parvis.test"
    daily = {Kind.TEAM: Choice.DAILY, Kind.LATE: Choice.DAILY}
    preferences.choose(who=preferences.reader(desk), choices=daily, now=now)
    morning = now.astimezone(planning.zone())
    morning = datetime.combine(morning.date(), time(8), morning.tzinfo)
    for language in LANGUAGES:
        to = desk if language == "fr" else READER
        Gathered.objects.bulk_create(
            Gathered(
                key=f"demo.{language}.{number}",
                to=to,
                kind=kind,
                subject=subject,
                url=f"{preferences.site()}/agent/signalements/",
                language=language,
                written_at=morning - timedelta(hours=12),
            )
            for number, (kind, subject) in enumerate(NEWS[language])
        )
    digests.write(now=morning)
    admin = User(display_name="Nadia Ferrer")
    access = SupportAccess(
        commune=commune,
        user_name=str(admin),
        reason="La liste d’attente ne s’ouvre plus, ticket du matin",
        opened_at=now,
        ends_at=now + MINUTES,
    )
    support_opened(access, to=[f"admin@{commune.slug}.demo.parvis.test"]).send()
    for kind, to in ((Proof.Kind.MAIL, desk), (Proof.Kind.REPLY, commune.email or desk)):
        token = wizard_emails.trial_token(kind, to)
        wizard_emails.trial(commune, kind=kind, to=to, token=token, minute="demo").send()
    _data(now=now)
    shown = Appointment.objects.exclude(email="").select_related("service", "site").first()
    if shown is not None:
        trials.send_trial(emails.reminder(shown, commune, now=now), to=desk)


def _data(*, now: datetime) -> None:
    """Let people ask for their data, one of them three weeks ago."""
    asking = Appointment.objects.exclude(email="").order_by("-pk").values_list("email", flat=True)
    for language, email in zip(LANGUAGES, asking[:2], strict=False):
        with translation.override(language):
            rights.send_link(email=email, now=now)
            request = DataRequest.objects.create(
                kind=DataRequest.Kind.CORRECTION,
                email=email,
                words=WISHES[language],
                asked_at=now - 2 * AWAY,
            )
            privacy.answer(request=request, words=ANSWERS[language], by=ADMIN, now=now)
    DataRequest.objects.create(
        kind=DataRequest.Kind.OBJECTION,
        email=READER,
        words=WISHES["fr"],
        asked_at=now - timedelta(days=21),
    )
    privacy.remind(now=now)


def _notifications(*, now: datetime) -> None:
    """Show what browsers were told: as sent, for this demo reaches nobody."""
    commune = planning.current_commune()
    coming = Appointment.objects.filter(period__startswith__gt=now).order_by("period", "pk")
    rows = []
    for language, each in zip(LANGUAGES, coming[:2], strict=False):
        with translation.override(language):
            when = typo.date_heure(timezone.localtime(each.start, planning.zone()), language)
            rows += [
                OutgoingPush(
                    key=f"push.demo.{language}.{event}",
                    topic=f"appointment-{each.pk}",
                    title=typo.town_hall(commune.name, language),
                    body=gettext(pushes.WORDS[event]) % {"when": when},
                    navigate=absolute_url(commune, links.path_to(each)),
                    sent_at=now,
                    attempts=1,
                )
                for event in (pushes.REMINDER, AppointmentEvent.Kind.MOVED)
            ]
    for gone in rows[-1:]:
        gone.sent_at, gone.dead_at = None, now
        gone.last_error = gettext("Ce navigateur n’est plus abonné.")
    OutgoingPush.objects.bulk_create(rows, ignore_conflicts=True)
