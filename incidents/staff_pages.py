"""What the pages of the team share: who may open them, and how they act."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from identity.access import member_of, staff_only
from identity.members import ADMIN, Member
from incidents import access
from incidents.models import Report
from parvis.errors import DomainError


View = Callable[..., HttpResponse]


def kept_for(roles: frozenset[str]) -> Callable[[View], View]:
    """Keep a page for these roles; tell the other members of the team whom to ask."""

    def guard(view: View) -> View:
        guarded = staff_only(*sorted(roles))(view)

        @wraps(guarded)
        def explained(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                return guarded(request, *args, **kwargs)
            except PermissionDenied:
                return render(request, "incidents/staff/refused.html", status=403)

        return explained

    return guard


reads_reports = kept_for(access.READERS)
handles_reports = kept_for(access.WRITERS)
receives_reports = kept_for(access.RECEIVERS)
sets_reports = kept_for(frozenset({ADMIN}))


def current_member(request: HttpRequest) -> Member:
    """Return who acts.

    Raises:
        PermissionDenied: nobody of the team does.
    """
    member = member_of(request)
    if member is None:
        raise PermissionDenied
    return member


def report_or_404(reference: str) -> Report:
    """Return the report that has this reference, with its category, handler and team.

    Raises:
        Http404: there is none.
    """
    known = Report.objects.select_related("category", "handler", "team", "asset", "duplicate_of")
    return get_object_or_404(known, reference=reference)


def after(request: HttpRequest, act: Callable[[], object], *, to: str, done: str) -> HttpResponse:
    """Do something and say so on the page that follows; a refusal is told there instead."""
    try:
        act()
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(to)
