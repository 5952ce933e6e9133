"""What somebody of the commune decides about the library: proposals, detaching, going back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from identity.members import Member
from shelf import mappings
from shelf.history import Cause, State, mapping_of, record, settle
from shelf.kinds import KINDS
from shelf.merge import ABSENT, differences, put
from shelf.models import Arrival, Origin, Page, UpdateProposal, unwrapped
from shelf.offers import AlreadyAnswered, ByLaw, ChangedMeanwhile, Offer, Outcome
from shelf.receiving import receive


@transaction.atomic
def answer(  # what is decided, by whom and when
    *, proposal: UpdateProposal, choice: str, by: Member, now: datetime, words: Any = ABSENT
) -> None:
    """Decide a proposal: take the library's, keep ours (``lock``: for good), or write anew.

    Raises:
        AlreadyAnswered: it was decided before.
    """
    mappings.lock()
    current = UpdateProposal.objects.select_related("origin").get(pk=proposal.pk)
    if current.state != State.OPEN:
        raise AlreadyAnswered
    value = unwrapped(current.theirs) if choice == State.ACCEPTED else words
    if choice in {State.ACCEPTED, State.EDITED}:
        _put(current.origin, [(current.path, value)], by=by, now=now)
    elif choice == "lock":
        current.origin.locked = sorted({*current.origin.locked, current.path})
        current.origin.save(update_fields=["locked"])
        choice = State.KEPT
    settle(current, State(choice), by.name, now)


@transaction.atomic
def answer_all(*, origin: Origin, accept: bool, by: Member, now: datetime) -> int:
    """Decide every open proposal of one thing in the same way; return how many."""
    mappings.lock()
    origin.refresh_from_db()  # a version may have come in meanwhile
    waiting = list(origin.proposals.filter(state=State.OPEN))
    if accept and waiting:
        values = [(each.path, unwrapped(each.theirs)) for each in waiting]
        _put(origin, values, by=by, now=now)
    for each in waiting:
        settle(each, State.ACCEPTED if accept else State.KEPT, by.name, now)
    return len(waiting)


@transaction.atomic
def unlock(*, origin: Origin, path: str) -> None:
    """Let the library speak again of a path that the commune kept for itself."""
    mappings.lock()
    origin.refresh_from_db(fields=["locked"])
    origin.locked = [each for each in origin.locked if each != path]
    origin.save(update_fields=["locked"])


@transaction.atomic
def detach(*, origin: Origin, by: Member, now: datetime) -> None:
    """Follow the library no longer; open proposals have no object any more.

    Raises:
        ByLaw: the law imposes it.
    """
    mappings.lock()
    origin.refresh_from_db()
    if origin.by_law:
        raise ByLaw
    if origin.detached_at is None:
        origin.detached_at = now
        origin.save(update_fields=["detached_at"])
        for each in origin.proposals.filter(state=State.OPEN):
            settle(each, State.CLOSED, by.name, now)
        record(origin, Cause.DETACHED, by, now)


@transaction.atomic
def reattach(*, origin: Origin, offer: Offer, by: Member, now: datetime) -> Outcome:
    """Follow the library again, from the version the row stood on when it was detached."""
    mappings.lock()
    origin.refresh_from_db()
    if origin.detached_at is not None:
        origin.detached_at = None
        origin.save(update_fields=["detached_at"])
        record(origin, Cause.ATTACHED, by, now)
    return receive(offer=offer, now=now)


@transaction.atomic
def undo(*, arrival: Arrival, by: Member, now: datetime) -> None:
    """Put the row back as it was before a change that came through the library.

    The row still stands on the new version: what it says is the commune's own from now on.

    Raises:
        ByLaw: the law imposed it.
        ChangedMeanwhile: the row has changed since.
    """
    mappings.lock()
    current = Arrival.objects.select_related("origin").get(pk=arrival.pk)
    origin = current.origin
    if current.undone_at is not None:
        return
    if current.cause == Cause.LAW or origin.by_law:
        raise ByLaw
    before, after = current.before, current.after
    if before is None or after is None:
        raise ChangedMeanwhile

    def work() -> None:
        mine = mapping_of(origin).read(origin, after)
        if mine is None or differences(mine, after, lists=KINDS[origin.kind].lists):
            raise ChangedMeanwhile
        mapping_of(origin).write(origin, before)
        origin.save()

    label = _("Bibliothèque : retour en arrière sur %(name)s") % {"name": origin.name}
    mapping_of(origin).reconfigure(label=label, work=work, by=by, now=now)
    current.undone_at = now
    current.save(update_fields=["undone_at"])
    record(origin, Cause.UNDONE, by, now, (after, before))


def _put(origin: Origin, values: Sequence[tuple[str, Any]], *, by: Member, now: datetime) -> None:
    """Write some paths of a row, and remember what it was."""
    mapping = mapping_of(origin)
    sides: list[dict[str, Any]] = []

    def work() -> None:
        mine = mapping.read(origin, origin.base)
        if mine is None:
            raise ChangedMeanwhile
        changed = mine
        for path, value in values:
            changed = put(changed, path, value)
        mapping.write(origin, changed)
        origin.save()
        sides.extend((mine, changed))

    label = _("Bibliothèque : %(name)s") % {"name": origin.name}
    mapping.reconfigure(label=label, work=work, by=by, now=now)
    record(origin, Cause.ANSWER, by, now, (sides[0], sides[1]))


@transaction.atomic
def write_page(*, page: Page, payload: dict[str, Any]) -> None:
    """Say a page of information in the commune's own words."""
    mappings.lock()
    for name, value in payload.items():
        setattr(page, name, value)
    page.save()
