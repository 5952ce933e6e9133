"""The same done to many reports: each by the action that does it to one, or refused by name."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incidents.history import locked
from incidents.models import Report
from incidents.refusals import StaleVersion
from parvis.errors import DomainError
from parvis.typed import number


MOST = 200


class TooMany(DomainError):
    """More than anybody has looked at."""

    message = _("Choisissez deux cents signalements au plus.")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A report, and its version when its box was ticked."""

    report: Report
    version: int


@dataclass(slots=True)
class Outcome:
    """What came of it: the reports that were changed, and why others were not."""

    done: list[Report] = field(default_factory=list)
    refused: list[tuple[Report, str]] = field(default_factory=list)


def chosen(keys: Iterable[str]) -> list[Chosen]:
    """Find the reports that were ticked, in that order; what is no report is left out.

    Raises:
        TooMany: there are more than two hundred.
    """
    versions: dict[str, int] = {}
    for key in keys:
        reference, _dash, version = key.replace("\0", "").partition("-")
        if shown := number(version):
            versions.setdefault(reference, shown)
    if len(versions) > MOST:
        raise TooMany
    known = Report.objects.filter(reference__in=versions).select_related(
        "category", "handler", "team", "contact"
    )
    found = {each.reference: each for each in known}
    return [Chosen(found[key], shown) for key, shown in versions.items() if key in found]


def to_each(picked: Iterable[Chosen], act: Callable[[Report], object]) -> Outcome:
    """Do something to each report that has not changed since; one transaction for each.

    Sending the same twice does nothing the second time: every version has passed.
    """
    outcome = Outcome()
    for each in picked:
        try:
            with transaction.atomic():
                current = locked(each.report)
                if current.version != each.version:
                    raise StaleVersion
                act(current)
        except DomainError as refusal:
            outcome.refused.append((each.report, str(refusal)))
        else:
            outcome.done.append(each.report)
    return outcome
