"""The waiting list at the counter: whom to phone, what is offered to whom, and who waits."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from booking import waiting, words
from booking.models import Appointment, WaitingEntry
from booking.staff_pages import (
    after,
    current_member,
    just_done,
    page,
    reads_the_day,
    receives_people,
)


HOUR = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Somebody in the list of a service, as the counter reads it."""

    entry: WaitingEntry
    rank: int
    service: str
    people: str
    offered: Appointment | None
    left: str
    """How long she has to answer, in words."""

    @property
    def is_to_phone(self) -> bool:
        """Whether only a voice can tell her what is offered."""
        return self.offered is not None and not self.entry.email


@require_safe
@reads_the_day
def waiting_list(request: HttpRequest) -> HttpResponse:
    """Show the list, those to phone first: the same few queries whatever its length."""
    places = list(_places(now=timezone.now()))
    context = {
        "to_phone": [each for each in places if each.is_to_phone],
        "offered": [each for each in places if each.offered and not each.is_to_phone],
        "others": [each for each in places if not each.offered],
        "undo": just_done(request),
    }
    return page(request, "waiting", context)


@require_POST
@receives_people
def accept(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Note that she takes what is offered; her appointment moves there if she has one."""
    entry, by = _entry(entry_id), current_member(request)
    return _after(
        request,
        lambda: waiting.accept(entry=entry, by=by, now=timezone.now()),
        done=_("%(name)s a pris la place.") % {"name": entry.name},
    )


@require_POST
@receives_people
def decline(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Note that this place does not suit her: the next person is offered it."""
    entry = _entry(entry_id)
    return _after(
        request,
        lambda: waiting.decline(entry=entry, now=timezone.now()),
        done=_("%(name)s laisse cette place et reste sur la liste.") % {"name": entry.name},
    )


@require_POST
@receives_people
def leave(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Take somebody off the list; it can be undone."""
    entry = _entry(entry_id)
    return _after(
        request,
        lambda: waiting.leave(entry=entry, now=timezone.now()),
        done=_("%(name)s n’est plus sur la liste d’attente.") % {"name": entry.name},
        way_back=reverse("booking:agent:waiting_back", args=[entry.pk]),
    )


@require_POST
@receives_people
def come_back(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Put somebody back where she was in the list."""
    entry = _entry(entry_id)
    return _after(
        request,
        lambda: waiting.come_back(entry=entry),
        done=_("%(name)s est de nouveau sur la liste d’attente.") % {"name": entry.name},
    )


def _places(*, now: datetime) -> Iterator[Place]:
    held = Appointment.objects.filter(status=Appointment.Status.HELD, held_until__gt=now)
    entries = waiting.waiting().select_related("service", "appointment")
    ranks: Counter[int] = Counter()
    for entry in entries.prefetch_related(Prefetch("offers", held.order_by("pk"))):
        ranks[entry.service_id] += 1
        offered = next(iter(entry.offers.all()), None)
        until = offered.held_until if offered else None
        yield Place(
            entry=entry,
            rank=ranks[entry.service_id],
            service=words.service_name(entry.service),
            people=words.people(len(entry.people)),
            offered=offered,
            left=_left(until - now) if until else "",
        )


def _left(time: timedelta) -> str:
    """Write "35 minutes", "1 h 05"."""
    hours, minutes = divmod(-(-time // timedelta(minutes=1)), HOUR)
    if not hours:
        return words.minutes(minutes)
    return _("%(hours)s h %(minutes)s") % {"hours": hours, "minutes": f"{minutes:02}"}


def _entry(entry_id: int) -> WaitingEntry:
    return get_object_or_404(WaitingEntry, pk=entry_id)


def _after(
    request: HttpRequest, act: Callable[[], object], *, done: str, way_back: str = ""
) -> HttpResponse:
    return after(request, act, to=reverse("booking:agent:waiting"), done=done, way_back=way_back)
