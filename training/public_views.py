"""Pages behind the links of letters and the code of the room: no account is needed.

Reading one writes nothing: programs that follow links in mail answer for nobody.
"""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from parvis.errors import DomainError
from tenants.asked import association_of
from training import links, papers, presence, seating, surveys
from training.models import Attendance, HalfDay, SurveyReply
from training.public_forms import (
    AnswerForm,
    ColdForm,
    HotForm,
    PinForm,
    SignForm,
    needs_of,
)
from training.room_views import certificate_of
from training.views import GET_AND_POST, is_coming, posted


Kind = SurveyReply.Kind


@require_http_methods(GET_AND_POST)
def answer(request: HttpRequest, signed: str) -> HttpResponse:
    """Say whether one comes."""
    person = _person_or_404(request, signed, links.ANSWER)
    form = AnswerForm(posted(request), initial=needs_of(person, person.commune))
    if request.method == "POST" and form.is_valid():
        try:
            seating.answer(attendance=person, wish=form.wish(), now=timezone.now())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Votre réponse est enregistrée."))
            return redirect("training:answer", signed)
    session, now = person.session, timezone.now()
    shares = is_coming(person) and person.carpool != "none"
    words = {
        "person": person,
        "session": session,
        "half_days": [papers.hours(each) for each in session.half_days.all()],
        "form": form,
        "is_open": session.is_open and session.starts_at > now,
        "carpool": _carpool(person) if shares else [],
    }
    return render(request, "training/answer.html", words, status=422 if form.is_bound else 200)


def _carpool(person: Attendance) -> list[Attendance]:
    """List those who share cars, to whoever does."""
    seated = person.session.attendances.seated().exclude(carpool="none").exclude(pk=person.pk)
    return list(seated.order_by("carpool", "name"))


@require_http_methods(GET_AND_POST)
def sheet(request: HttpRequest, signed: str) -> HttpResponse:
    """Sign for a half-day: the code of the room first, then one's name and signature."""
    half_day = _half_day_or_404(request, signed)
    if request.method != "POST":
        return _sheet_page(request, half_day, pin_form=PinForm())
    pin_form = PinForm(request.POST)
    if not pin_form.is_valid():
        return _sheet_page(request, half_day, pin_form=pin_form)
    pin = pin_form.cleaned_data["pin"]
    try:
        presence.check_pin(half_day=half_day, pin=pin, now=timezone.now())
    except DomainError as refusal:
        pin_form.add_error("pin", str(refusal))
        return _sheet_page(request, half_day, pin_form=pin_form)
    people = _unsigned(half_day)
    if "person" not in request.POST:
        return _sheet_page(request, half_day, form=SignForm(people=people, initial={"pin": pin}))
    return _sign(request, half_day, SignForm(request.POST, people=people))


def _sign(request: HttpRequest, half_day: HalfDay, form: SignForm) -> HttpResponse:
    if form.is_valid():
        person = form.cleaned_data["person"]
        try:
            signature = presence.sign(
                half_day=half_day, attendance=person, mark=form.mark(), now=timezone.now()
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return _sheet_page(request, half_day, signature=signature)
    return _sheet_page(request, half_day, form=form)


def _sheet_page(request: HttpRequest, half_day: HalfDay, **parts: object) -> HttpResponse:
    words = {
        "half_day": half_day,
        "session": half_day.session,
        "hours": papers.hours(half_day),
        "pin_form": None,
        "form": None,
        "signature": None,
        **parts,
    }
    forms = (parts.get("pin_form"), parts.get("form"))
    is_wrong = any(getattr(form, "errors", None) for form in forms)
    return render(request, "training/sheet.html", words, status=422 if is_wrong else 200)


def _unsigned(half_day: HalfDay) -> QuerySet[Attendance]:
    seated = half_day.session.attendances.seated().select_related("commune")
    return seated.exclude(signatures__half_day=half_day).order_by("name", "pk")


@require_http_methods(GET_AND_POST)
def hot(request: HttpRequest, signed: str) -> HttpResponse:
    """Ask six questions, the same day."""
    person = _person_or_404(request, signed, links.HOT)
    return _survey(request, person, Kind.HOT, HotForm(posted(request)))


@require_http_methods(GET_AND_POST)
def cold(request: HttpRequest, signed: str) -> HttpResponse:
    """Ask what is used, a month later."""
    person = _person_or_404(request, signed, links.COLD)
    return _survey(request, person, Kind.COLD, ColdForm(posted(request)))


def _survey(
    request: HttpRequest, person: Attendance, kind: Kind, form: HotForm | ColdForm
) -> HttpResponse:
    is_answered = person.hot_answered if kind == Kind.HOT else person.cold_answered
    words = {"session": person.session, "form": form, "kind": kind, "is_answered": is_answered}
    if request.method == "POST" and form.is_valid():
        surveys.record(
            attendance=person,
            kind=kind,
            scores=form.scores(),
            recommends=form.cleaned_data["recommends"],
            verbatim=form.cleaned_data["verbatim"],
            now=timezone.now(),
        )
        return redirect(request.path)
    return render(request, "training/survey.html", words, status=422 if form.is_bound else 200)


@require_safe
def certificate(request: HttpRequest, signed: str) -> HttpResponse:
    """Give somebody her own certificate."""
    return certificate_of(_person_or_404(request, signed, links.CERTIFICATE))


def _person_or_404(request: HttpRequest, signed: str, purpose: str) -> Attendance:
    known = Attendance.objects.select_related("session__association", "commune")
    key = _read(signed, purpose)
    here = {"session__association": association_of(request)}
    return get_object_or_404(known.exclude(session__status="draft"), pk=key, **here)


def _half_day_or_404(request: HttpRequest, signed: str) -> HalfDay:
    known = HalfDay.objects.select_related("session__association")
    key = _read(signed, links.SHEET)
    return get_object_or_404(known, pk=key, session__association=association_of(request))


def _read(signed: str, purpose: str) -> int:
    try:
        return links.read(signed, purpose)
    except links.BadSignature as forged:
        raise Http404 from forged
