"""One of each message in the public schema: accounts, trainings, going live, leaving.

They are written by what the product writes them with; no account, commune or departure changes.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from allauth.account.adapter import get_adapter
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext

from adoption import letters as monthly
from adoption.models import MonthlyReport
from demo import openings, story
from exchange import departure_letters
from ideas import emails as ideas
from ideas.models import Answer
from identity.emails import invited
from identity.models import Invitation
from identity.retention import tell_unused
from onboarding import wizard_emails
from parvis.models import OutgoingEmail
from tenants.hosts import absolute_url
from tenants.models import Association, Commune, Departure, Membership, User
from training import emails as trainings
from training.models import Attendance, HelpRequest
from widgets import emails as widgets
from widgets.models import CustomDomain


LANGUAGES = ("fr", "en")
ACCOUNT = (
    *("account_already_exists", "email_changed", "email_confirm", "email_confirmation"),
    *("email_confirmation_signup", "email_deleted", "login_code", "password_changed"),
    *("password_reset_code", "password_reset", "password_set", "unknown_account"),
)
FACTORS = (
    *("recovery_codes_generated", "totp_activated", "totp_deactivated"),
    *("webauthn_added", "webauthn_removed"),
)
LEFT = "33238"  # a commune that has another solution again
CODE, ADDRESS = "QJ4-XPT", "203.0.113.7"


@transaction.atomic
def tell(*, association: Association, commune: Commune, now: datetime) -> None:
    """Write those of the association, and those of accounts."""
    for language in LANGUAGES:
        with translation.override(language):
            _accounts(language, association, commune, now=now)
    codes = (openings.ASKED, story.LIVE[-1].insee_code, LEFT)
    asks, opens, leaves = (Commune.objects.get(insee_code=code) for code in codes)
    _going_live(asks, opens, now=now)
    _leaving(leaves, now=now)
    _trainings(now=now)
    _ideas()
    report = MonthlyReport.objects.filter(commune=commune).order_by("-month").first()
    if report is not None:
        monthly.send(report=report, now=now, again=True)
    _refuse(association, now=now)
    domain = CustomDomain.objects.filter(commune=commune).exclude(problem="").first()
    if domain is not None:
        domain.failing_since = now - timedelta(days=1)
        widgets.domain_failing(domain, until=now + timedelta(days=2))
        widgets.domain_lost(domain)


def _refuse(association: Association, *, now: datetime) -> None:
    """Let one message have met an address that is no more."""
    mine = OutgoingEmail.objects.filter(association_id=association.pk)
    gone = gettext("L’adresse est refusée : %(said)s") % {"said": "550 5.1.1 no such user here"}
    last = mine.order_by("-pk").values("pk")[:1]
    OutgoingEmail.objects.filter(pk__in=last).update(dead_at=now, attempts=1, last_error=gone)


def _trainings(*, now: datetime) -> None:
    """Tell each thing about a training, to a different person in each language."""
    people = Attendance.objects.exclude(email="").select_related("session__association")
    found = iter(people.order_by("pk"))
    kinds: tuple[Callable[[Attendance], EmailMessage], ...] = (
        *(partial(write, now=now) for write in (trainings.invited, trainings.answered)),
        *(partial(write, now=now) for write in (trainings.promoted, trainings.changed)),
        partial(trainings.cancelled, now=now),
        *(partial(trainings.reminded, days=7), trainings.hot, trainings.cold),
    )
    for language, each in zip(LANGUAGES, found, strict=False):
        with translation.override(language):
            for write in kinds:
                write(each).send()
    asked = HelpRequest.objects.select_related("commune").order_by("pk").first()
    if asked is not None:
        trainings.asked(asked, to=[story.REFERENT]).send()


def _ideas() -> None:
    answer = Answer.objects.exclude(text="").select_related("idea__association").first()
    commune = Commune.objects.get(insee_code=story.LIVE[0].insee_code)
    readers = [
        ideas.Reader(-number, f"idees.{language}@demo.parvis.test", language, commune)
        for number, language in enumerate(LANGUAGES, start=1)
    ]
    for message in ideas.answered(answer, readers) if answer else ():
        message.send()


def _accounts(language: str, association: Association, commune: Commune, *, now: datetime) -> None:
    director = User.objects.filter(email=story.REFERENT).first()
    prefixes = [f"account/email/{each}" for each in ACCOUNT]
    prefixes += [f"mfa/email/{each}" for each in FACTORS]
    for number, prefix in enumerate(prefixes):
        to = f"compte{number}.{language}@demo.parvis.test"  # a stranger's demands are counted
        words = {
            "code": CODE,
            "timestamp": now,
            "ip": ADDRESS,
            "from_email": f"ancienne.{to}",
            "to_email": to,
        }
        get_adapter().send_mail(prefix, to, words)
    for place, role in (
        (commune, Membership.Role.BOOKING_AGENT),
        (association, Membership.Role.REFERENT),
    ):
        to = f"{role}.{language}@demo.parvis.test"
        invitation = Invitation(email=to, role=role, digest=to, invited_by=director)
        invitation.commune = commune if place is commune else None
        invitation.association = association if place is association else None
        invited(invitation, token="demonstration").send()  # noqa: S106 (opens nothing)
    email, seen = f"absente.{language}@demo.parvis.test", now - timedelta(days=700)
    tell_unused(User(pk=-LANGUAGES.index(language) - 1, email=email, last_login=seen))


def _going_live(asks: Commune, opens: Commune, *, now: datetime) -> None:
    answer = absolute_url(asks.association or asks, f"/communes/{asks.insee_code}/ouverture/")
    said = {"by": "Ana Duprat", "answer_url": answer}
    fact, director = "demo-launch-asked", [story.DIRECTOR]
    wizard_emails.launch("asked", asks, to=director, fact=fact, **said).send()
    facts: dict[str, dict[str, object]] = {
        "approved": {"opens_at": now + timedelta(days=6)},
        "refused": {"reason": "La convention n’est pas encore signée par les deux communes."},
        "opened": {},
        "undone": {"by": "Ana Duprat"},
    }
    to = [f"admin@{opens.slug}.demo.parvis.test"]
    for event, words in facts.items():
        wizard_emails.launch(event, opens, to=to, fact=f"demo-launch-{event}", **words).send()


def _leaving(commune: Commune, *, now: datetime) -> None:
    """Tell a departure that never was."""
    departure = Departure(
        pk=0,
        commune=commune,
        asked_by_name="Ana Duprat",
        asked_by_email=story.REFERENT,
        reason="La commune rejoint l’outil de son intercommunalité.",
        confirmed_by_name="Jean Castaing",
        moves_at=now + timedelta(days=30),
        drop_after=now + timedelta(days=90),
        destroyed_at=now + timedelta(days=91),
        certificate={
            "commune": commune.name,
            "insee_code": commune.insee_code,
            "tables": 74,
            "files": 212,
            "schema": commune.schema_name,
        },
    )
    for name in ("asked", "confirmed", "moved", "destroyed"):
        departure_letters.write(name, departure, [story.DIRECTOR])
