"""The merged day, on the login host: the only place where somebody is the same everywhere."""

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from booking.staff_forms import parse_day
from mutual.my_day import read_my_day


@require_safe
@login_required
def my_day(request: HttpRequest) -> HttpResponse:
    """Show today, or the day asked for, in all the communes where one works."""
    today = timezone.localdate()
    day = parse_day(request.GET.get("jour", "")) or today
    if abs((day - today).days) > 366:  # noqa: PLR2004 (a year around)
        day = today
    context = {
        "day": day,
        "is_today": day == today,
        "before": f"?jour={day - timedelta(days=1)}",
        "after": f"?jour={day + timedelta(days=1)}",
        "today_url": request.path,
        "found": read_my_day(day, user_id=request.user.pk or 0),
    }
    answer = render(request, "mutual/my_day.html", context)
    answer["Cache-Control"] = "private, no-store"
    return answer
