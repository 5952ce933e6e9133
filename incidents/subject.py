"""What reports hold about one person, told to her, and erased when she asks."""

from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import get_language, gettext as _

from incidents import pushes, retention
from incidents.models import Follower, Message, ReportAnswers, ReportContact
from messaging.models import PushSubscription
from parvis.subjects import Held, Person
from parvis.typo import date_heure, reference_groups
from tenants.models import Erasure


REQUEST = Erasure.Reason.REQUEST


def held(person: Person, *, now: datetime) -> list[Held]:
    """List what she reported, what she follows, and the browsers told of it; five queries."""
    hers = Prefetch("report__messages", Message.objects.exclude(audience=Message.Audience.STAFF))
    contacts = list(
        ReportContact.objects.filter(email__iexact=person.email)
        .select_related("report__category")
        .prefetch_related(hers)
        .order_by("report__submitted_at", "pk")
    )
    followers = list(
        Follower.objects.filter(email__iexact=person.email)
        .select_related("report__category")
        .order_by("pk")
    )
    said = ReportAnswers.objects.filter(report__in=[each.report_id for each in contacts])
    answers = dict(said.values_list("report", "values"))
    browsers = pushes.subscriptions(
        reports=[each.report_id for each in contacts], followers=[each.pk for each in followers]
    )
    return [
        *(_contact(each, answers.get(each.report_id, [])) for each in contacts),
        *(_follower(each) for each in followers),
        *(_browser(each) for each in browsers),
    ]


def erase(person: Person, *, now: datetime) -> int:
    """Erase who she is and what she follows, and her words where it is over; count the records."""
    contacts = ReportContact.objects.filter(email__iexact=person.email, erased_at__isnull=True)
    followers = Follower.objects.filter(email__iexact=person.email)
    return retention.forget_reporters(
        list(contacts.values_list("token_hash", flat=True)), at=now, reason=REQUEST
    ) + retention.forget_followers(
        list(followers.values_list("token_hash", flat=True)), at=now, reason=REQUEST
    )


def _contact(contact: ReportContact, answers: list[dict[str, Any]]) -> Held:
    report, language = contact.report, get_language() or "fr"
    facts = [
        (_("Référence"), reference_groups(report.reference)),
        (_("État"), str(report.get_status_display())),
        (_("Envoyé le"), date_heure(timezone.localtime(report.submitted_at), language)),
        (_("Description"), report.text),
        (_("Lieu"), report.address),
        (_("Nom"), contact.name),
        (_("Courriel"), contact.email),
        (_("Téléphone"), contact.phone),
        *((each["label"], ", ".join(each["names"])) for each in answers),
        *((_("Message"), each.text) for each in report.messages.all()),
    ]
    return Held(
        section=_("Signalements"),
        title=report.category.name,
        facts=tuple((label, value) for label, value in facts if value),
    )


def _follower(follower: Follower) -> Held:
    facts = (
        (_("Référence"), reference_groups(follower.report.reference)),
        (_("Courriel"), follower.email),
    )
    return Held(section=_("Abonnements"), title=follower.report.category.name, facts=facts)


def _browser(browser: PushSubscription) -> Held:
    since = date_heure(timezone.localtime(browser.created_at), get_language() or "fr")
    facts = ((_("Navigateur"), browser.endpoint), (_("Inscrit le"), since))
    return Held(section=_("Abonnements"), title=_("Notifications"), facts=facts)
