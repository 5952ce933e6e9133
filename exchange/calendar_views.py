"""The calendars of other tools that a commune follows."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booking.settings_pages import appointment_row
from exchange import calendar_actions
from exchange.calendar_forms import CalendarForm
from exchange.import_models import CalendarFeed
from identity.access import staff_only, who
from identity.members import ADMIN, BOOKING_AGENT
from parvis.deferred import defer
from parvis.errors import DomainError


SHOWN = 100


@require_safe
@staff_only(ADMIN, BOOKING_AGENT)
def calendars(request: HttpRequest) -> HttpResponse:
    """List them, with what each takes and when it was last read well."""
    feeds = CalendarFeed.objects.select_related("resource", "service")
    return render(request, "exchange/calendars.html", {"feeds": feeds})


@require_safe
@staff_only(ADMIN, BOOKING_AGENT)
def calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one, and the appointments that its busy times fall on."""
    feed = get_object_or_404(CalendarFeed.objects.select_related("resource", "service"), pk=pk)
    found = calendar_actions.touched(feed, now=timezone.now()).select_related("service", "site")
    rows = [appointment_row(each) for each in found[:SHOWN]]
    return render(request, "exchange/calendar.html", {"feed": feed, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(ADMIN)
def add_calendar(request: HttpRequest) -> HttpResponse:
    """Follow one more."""
    form = CalendarForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        try:
            calendar_actions.add_feed(**form.told, by=who(request), now=timezone.now())
        except calendar_actions.NotAnAddress as refusal:
            form.add_error("url", str(refusal))
        except calendar_actions.NotRead as refusal:
            form.add_error("file", str(refusal))
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("exchange:calendars")
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "exchange/calendar_new.html", {"form": form}, status=status)


@require_POST
@staff_only(ADMIN)
def read_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the address of one again, now."""
    feed = get_object_or_404(CalendarFeed.objects.exclude(url=""), pk=pk)
    defer("exchange.read_calendar", feed=feed.pk)
    return redirect("exchange:calendars")


@require_POST
@staff_only(ADMIN)
def remove_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop following one; what it took is free again."""
    calendar_actions.remove_feed(feed=get_object_or_404(CalendarFeed, pk=pk), now=timezone.now())
    return redirect("exchange:calendars")
