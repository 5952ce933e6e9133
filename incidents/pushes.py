"""What browsers are told about reports: the state and the kind, and nothing that was typed."""

from django.utils import translation
from django.utils.translation import gettext as _

from incidents import links
from incidents.models import Report, StatusChange
from incidents.models.reports import STATUS_WORDS
from incidents.workflow import Status
from messaging import pushing
from messaging.models import OutgoingPush
from parvis.typo import town_hall
from tenants.hosts import absolute_url
from tenants.models import Commune


def subject_of(reader: links.Reader) -> str:
    """Name what the holder of a link is told of."""
    if reader.follower is not None:
        return f"follower:{reader.follower.pk}"
    return _of_report(reader.report)


def moved(change: StatusChange, commune: Commune) -> list[OutgoingPush]:
    """Tell a move to the browsers that asked; two queries where none did."""
    if not pushing.is_available():
        return []
    report = change.report
    followers = {f"follower:{each.pk}": each for each in report.followers.all()}
    browsers = pushing.subscriptions([_of_report(report), *followers])
    if not browsers:
        return []
    its_own, site = links.path_to(report), absolute_url(commune, "/").removesuffix("/")
    made = []
    for browser in browsers:
        follower = followers.get(browser.subject)
        path = links.path_to_follower(follower) if follower else its_own
        with translation.override(browser.language):
            state = STATUS_WORDS[Status(change.after)]
            made.append(
                pushing.push(
                    to=browser,
                    fact=f"moved.{change.pk}.{browser.pk}",
                    topic=f"report-{report.pk}",
                    title=town_hall(commune.name, browser.language),
                    body=_("%(kind)s : %(state)s")
                    % {"kind": report.category.label, "state": state},
                    navigate=f"{site}{path}",
                )
            )
    return made


def _of_report(report: Report) -> str:
    return f"report:{report.pk}"
