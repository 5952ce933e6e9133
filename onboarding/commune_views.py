"""What a commune sees of its place in Parvis: one page that leads to all the others."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from identity.access import staff_only
from identity.members import ADMIN, BOOKING_AGENT, READER, REPORT_AGENT


EVERYBODY = (ADMIN, BOOKING_AGENT, REPORT_AGENT, READER)


@require_safe
@staff_only(*EVERYBODY)
def home(request: HttpRequest) -> HttpResponse:
    """Lead to what concerns the commune as a whole."""
    return render(request, "onboarding/own/home.html")
