"""What the pages of the counter share: who may open them, how they act and how to undo it."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from booking import access, days
from booking.days import Visit
from identity.access import member_of, staff_only
from identity.members import Member
from parvis.errors import DomainError
from parvis.live_pages import is_again


View = Callable[..., HttpResponse]
DIGITS_MOST = 18  # what the database can count
UNDO = "undo"  # in the session: what has just been done and the address that undoes it


def counter_page(roles: frozenset[str]) -> Callable[[View], View]:
    """Keep a page for these roles; tell the other members of the team whom to ask."""

    def guard(view: View) -> View:
        guarded = staff_only(*sorted(roles))(view)

        @wraps(guarded)
        def explained(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                return guarded(request, *args, **kwargs)
            except PermissionDenied:
                return render(request, "booking/staff/refused.html", status=403)

        return explained

    return guard


reads_the_day = counter_page(frozenset(access.READERS))
receives_people = counter_page(frozenset(access.WRITERS))


def page(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Show ``booking/staff/<name>.html``, with what the member may do."""
    member = member_of(request)
    rights = {"may_book": access.may_book(member), "may_mark": access.may_mark(member)}
    return render(request, f"booking/staff/{name}.html", {**rights, **context}, status=status)


def after(
    request: HttpRequest,
    act: Callable[[], object],
    *,
    to: str,
    done: str,
    way_back: str = "",
    value: str = "",
) -> HttpResponse:
    """Do something, say so on the page that follows, and offer to undo it there.

    ``way_back`` is an address that undoes it by POST; ``value`` is sent to it as ``back``. A
    refusal is told on the same page.
    """
    try:
        act()
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        remember(request, done, way_back=way_back, value=value)
    return redirect(to)


def remember(request: HttpRequest, text: str, *, way_back: str = "", value: str = "") -> None:
    """Keep for the next page what has been done, and the address that undoes it."""
    request.session[UNDO] = {"text": text, "action": way_back, "value": value}


def just_done(request: HttpRequest) -> dict[str, str] | None:
    """Return what :func:`remember` kept, once; ``_undo.html`` shows it."""
    if is_again(request):
        return None  # of an open page, that does not show it: it waits for the one that does
    found: dict[str, str] | None = request.session.pop(UNDO, None)
    return found


def current_member(request: HttpRequest) -> Member:
    """Return who acts.

    Raises:
        PermissionDenied: nobody of the team does.
    """
    member = member_of(request)
    if member is None:
        raise PermissionDenied
    return member


def visit_or_404(reference: str, *, now: datetime) -> Visit:
    """Return the visit that has this reference; four queries.

    Raises:
        Http404: there is none.
    """
    visit = days.read_visit(reference, now=now)
    if visit is None:
        raise Http404
    return visit


def row_number(typed: str) -> int:
    """Read the number of a row; 0, which no row has, when it is none."""
    return int(typed) if typed.isdecimal() and len(typed) <= DIGITS_MOST else 0


def view_of(sent: QueryDict) -> str:
    """Return the view of the day that is open: "" or ``liste``."""
    return "liste" if sent.get("vue") == "liste" else ""
