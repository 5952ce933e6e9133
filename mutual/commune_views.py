"""What a commune shares, for its team: agreements, counts, and the association's phone desk."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from booking import planning
from identity.access import staff_only, who
from identity.members import ADMIN, BOOKING_AGENT, READER, REPORT_AGENT
from mutual import actions
from mutual.models import PhoneDesk
from mutual.reading import agreements_of


@require_safe
@staff_only(ADMIN, BOOKING_AGENT, REPORT_AGENT, READER)
def home(request: HttpRequest) -> HttpResponse:
    """Show the agreements of this commune, what they were used for, and the phone desk."""
    here = planning.current_commune()
    context = {
        "agreements": agreements_of(here, today=timezone.localdate()),
        "desk": PhoneDesk.objects.filter(commune=here).first(),
        "may_decide": who(request).role == ADMIN,
    }
    return render(request, "mutual/commune.html", context)


@require_POST
@staff_only(ADMIN)
def open_desk(request: HttpRequest) -> HttpResponse:
    """Let the association's phone desk book here."""
    actions.open_phone_desk(
        commune=planning.current_commune(), by=who(request).name, now=timezone.now()
    )
    return redirect("mutual:commune")


@require_POST
@staff_only(ADMIN)
def close_desk(request: HttpRequest) -> HttpResponse:
    """Take it back."""
    actions.close_phone_desk(commune=planning.current_commune())
    return redirect("mutual:commune")
