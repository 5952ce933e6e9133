"""What a commune sees of its place in Parvis: one page that leads to all the others."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from identity.access import member_of, staff_only
from identity.members import ADMIN, BOOKING_AGENT, READER, REPORT_AGENT
from onboarding import elsewhere
from onboarding.models import ReadinessItem
from onboarding.readiness import BY_CODE
from onboarding.wizard_pages import own_commune


EVERYBODY = (ADMIN, BOOKING_AGENT, REPORT_AGENT, READER)


@require_safe
@staff_only(*EVERYBODY)
def home(request: HttpRequest) -> HttpResponse:
    """Lead to what concerns the commune as a whole, with what is open and whom to ask."""
    commune = own_commune()
    member = member_of(request)
    open_items = ReadinessItem.objects.filter(
        commune=commune, is_blocking=True, is_done=False, waived_at=None, code__in=BY_CODE
    )
    referent, backup = elsewhere.helpers(commune)
    context = {
        "is_admin": member is not None and member.role == ADMIN,
        "blocking": open_items.count(),
        "is_open": commune.is_real_and_open,
        "referent": referent,
        "backup": backup,
    }
    return render(request, "onboarding/own/home.html", context)
