"""What browsers are told about reports: the state and the kind, and nothing that was typed."""

from collections.abc import Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from incidents import links
from incidents.models import StatusChange
from incidents.models.reports import STATUS_WORDS
from incidents.workflow import Actor, Status
from messaging import pushing
from messaging.models import OutgoingPush, PushSubscription
from parvis.typo import town_hall
from tenants.hosts import absolute_url
from tenants.models import Commune


def subject_of(reader: links.Reader) -> str:
    """Name what the holder of a link is told of."""
    if reader.follower is not None:
        return _of_follower(reader.follower.pk)
    return _of_report(reader.report.pk)


def subscriptions(*, reports: Sequence[int], followers: Sequence[int]) -> list[PushSubscription]:
    """List the browsers of those who reported or follow, by their keys; one query."""
    return pushing.subscriptions([*map(_of_report, reports), *map(_of_follower, followers)])


def forget(*, reports: Sequence[int] = (), followers: Sequence[int] = ()) -> None:
    """Forget the browsers of those who reported or follow; in a transaction."""
    pushing.forget([*map(_of_report, reports), *map(_of_follower, followers)])


def moved(change: StatusChange, commune: Commune) -> list[OutgoingPush]:
    """Tell a move to the browsers that asked; two queries where none did.

    At night a telephone stays silent, but for the reporter who makes the move herself.
    """
    if not pushing.is_available():
        return []
    report = change.report
    followers = {_of_follower(each.pk): each for each in report.followers.all()}
    browsers = pushing.subscriptions([_of_report(report.pk), *followers])
    if not browsers:
        return []
    is_hers = change.actor == Actor.REPORTER
    its_own, site = links.path_to(report), absolute_url(commune, "/").removesuffix("/")
    made = []
    for browser in browsers:
        follower = followers.get(browser.subject)
        path = links.path_to_follower(follower) if follower else its_own
        with translation.override(browser.language):
            state = STATUS_WORDS[Status(change.after)]
            push = pushing.push(
                to=browser,
                fact=f"moved.{change.pk}.{browser.pk}",
                topic=f"report-{report.pk}",
                title=town_hall(commune.name, browser.language),
                body=_("%(kind)s : %(state)s") % {"kind": report.category.label, "state": state},
                navigate=f"{site}{path}",
            )
        push.is_by_day = follower is not None or not is_hers
        made.append(push)
    return made


def _of_report(pk: int) -> str:
    return f"report:{pk}"


def _of_follower(pk: int) -> str:
    return f"follower:{pk}"
