"""What a citizen's browser holds instead of an account: two cookies, each one secret.

``__Host-hold`` opens the slot she is booking, ``__Host-rdv`` the appointment she has. Neither
appears in an address once the page is shown, and both are worth nothing in another commune.
"""

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse

from booking.links import appointment_behind
from booking.models import Appointment


HOLD = "__Host-hold"
MANAGE = "__Host-rdv"
HOLD_AGE_S = 2 * 3600
MANAGE_AGE_S = 90 * 24 * 3600
KEPT_AFTER = timedelta(days=1)


def held(request: HttpRequest) -> Appointment | None:
    """Find the appointment this browser is booking, whatever has become of it."""
    return _opened_by(request.COOKIES.get(HOLD, ""))


def managed(request: HttpRequest, *, now: datetime) -> Appointment | None:
    """Find the appointment this browser may manage, up to one day after it."""
    found = _opened_by(request.COOKIES.get(MANAGE, ""))
    return found if found and not is_over(found, now=now) else None


def has_just_booked(request: HttpRequest, *, now: datetime) -> bool:
    """Tell whether this browser goes back to a form that it has sent: nothing is held any more."""
    if HOLD in request.COOKIES:
        return False
    found = managed(request, now=now)
    if found is None or found.status != Appointment.Status.BOOKED or found.booked_at is None:
        return False
    return now - found.booked_at < timedelta(seconds=HOLD_AGE_S)


def behind(token: str) -> Appointment | None:
    """Find the confirmed appointment that a manage link opens, however old."""
    found = _opened_by(token)
    return None if found and found.status == Appointment.Status.HELD else found


def is_over(appointment: Appointment, *, now: datetime) -> bool:
    """Tell whether the link of an appointment has ended: one day after the visit."""
    return appointment.end + KEPT_AFTER <= now


def may_cancel(appointment: Appointment, *, now: datetime) -> bool:
    """Tell whether the citizen can still cancel by herself."""
    return (
        appointment.status == Appointment.Status.BOOKED
        and appointment.start > now
        and appointment.service.is_cancellable_online
    )


def may_move(appointment: Appointment, *, now: datetime) -> bool:
    """Tell whether the citizen can still choose another time by herself."""
    return may_cancel(appointment, now=now) and appointment.service.is_online


def may_restore(appointment: Appointment, *, now: datetime) -> bool:
    """Tell whether the citizen can take a cancellation back, if the slot is still free."""
    return appointment.status == Appointment.Status.CANCELLED and appointment.start > now


def give(response: HttpResponse, name: str, token: str) -> HttpResponse:
    """Leave a secret with the browser: for this host, out of reach of scripts."""
    response.set_cookie(
        name,
        token,
        max_age=HOLD_AGE_S if name == HOLD else MANAGE_AGE_S,
        secure=True,
        httponly=True,
        samesite="Lax",
    )
    return response


def take_back(response: HttpResponse, name: str) -> HttpResponse:
    """Make the browser forget a secret; ``__Host-`` wants ``Secure`` even then."""
    response.set_cookie(name, "", max_age=0, secure=True, httponly=True, samesite="Lax")
    return response


def private(answer: HttpResponse) -> HttpResponse:
    """Keep a page with a citizen's data out of caches and other sites."""
    # Not "no-referrer": browsers would then send "Origin: null" with the forms of the page.
    answer["Referrer-Policy"] = "same-origin"
    answer["Cache-Control"] = "no-store"
    return answer


def masked_email(email: str) -> str:
    """Show just enough of an address to recognise it: ``j***@example.org``."""
    name, at, host = email.partition("@")
    return f"{name[:1]}***{at}{host}" if name else ""


def masked_phone(phone: str) -> str:
    """Show the ends of a number: ``06 •• •• •• 12``."""
    return f"{phone[:2]} •• •• •• {phone[-2:]}" if len(phone) > 3 else ""  # noqa: PLR2004


def masked_name(name: str) -> str:
    """Show the first letter of each word: ``J. D.``."""
    return " ".join(f"{word[0]}." for word in name.split()[:3])


def _opened_by(token: str) -> Appointment | None:
    if not token:
        return None
    wanted = Appointment.objects.with_token(token)
    if (known := appointment_behind(token)) is not None:
        wanted = Appointment.objects.filter(pk=known[0], token_hash__startswith=known[1])
    return wanted.select_related("service", "site").prefetch_related("participants").first()
