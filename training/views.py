"""The association's sessions: the list, one of them, and what is decided about it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity.access import staff_only
from parvis.errors import DomainError
from tenants.asked import association_of
from training import scheduling
from training.access import TEAM, session_or_404
from training.forms import CancelForm, CommitmentForm, PersonForm, SessionForm
from training.models import Attendance, Trainer, TrainingSession


GET_AND_POST = ["GET", "HEAD", "POST"]
WEEK = 7
SHOWN_PAST = 30
State = Attendance.State


@require_safe
@staff_only(*TEAM)
def sessions(request: HttpRequest) -> HttpResponse:
    """List what comes, then what was."""
    now = timezone.now()
    found = TrainingSession.objects.filter(association=association_of(request))
    past = found.filter(ends_at__lt=now).order_by("-starts_at", "-pk")
    words = {
        "coming": found.filter(ends_at__gte=now).select_related("host_commune"),
        "past": past.select_related("host_commune")[:SHOWN_PAST],
    }
    return render(request, "training/sessions.html", words)


@require_http_methods(GET_AND_POST)
@staff_only(*TEAM)
def add(request: HttpRequest) -> HttpResponse:
    """Plan a session, as a draft."""
    association = association_of(request)
    form = SessionForm(posted(request), association=association)
    if request.method == "POST" and form.is_valid():
        try:
            session = scheduling.create(association=association, plan=form.plan())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("La session est planifiée. Ouvrez-la pour inviter."))
            return redirect("training:session", session.pk)
    return _form_page(request, form, title=_("Nouvelle session"), back=reverse("training:list"))


@require_http_methods(GET_AND_POST)
@staff_only(*TEAM)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a session; everybody who was invited is told."""
    session = session_or_404(request, pk)
    form = SessionForm(posted(request), association=association_of(request), session=session)
    if request.method == "POST" and form.is_valid():
        try:
            scheduling.change(session=session, plan=form.plan(), now=timezone.now())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("La session est changée."))
            return redirect("training:session", pk)
    back = reverse("training:session", args=[pk])
    return _form_page(request, form, title=session.title, back=back)


def _form_page(request: HttpRequest, form: SessionForm, *, title: str, back: str) -> HttpResponse:
    words = {"form": form, "title": title, "back": back}
    return render(request, "training/edit.html", words, status=422 if form.is_bound else 200)


@require_safe
@staff_only(*TEAM)
def session(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a session: who comes, from where, and what is left to do."""
    return session_page(request, session_or_404(request, pk))


def session_page(
    request: HttpRequest, found: TrainingSession, *, status: int = 200, **forms: Any
) -> HttpResponse:
    """Show a session, with a form of it that was not accepted."""
    now = timezone.now()
    people = list(found.attendances.select_related("commune").order_by("commune__name", "name"))
    by_state = {
        state: sum(each.state == state for each in people) for state, _label in State.choices
    }
    teaching = Trainer.objects.filter(teachings__half_day__session=found).distinct()
    words = {
        "session": found,
        "people": people,
        "by_state": by_state,
        "half_days": list(found.half_days.all()),
        "trainers": ", ".join(each.name for each in teaching),
        "carpool": [each for each in people if each.carpool != "none" and is_coming(each)],
        "needs": [each for each in people if is_coming(each) and each.accessibility],
        "lunches": sum(each.wants_lunch for each in people if is_coming(each)),
        "commitments": list(found.commitments.select_related("commune")),
        "has_begun": found.starts_at <= now,
        "is_changeable": found.status in {found.Status.DRAFT, found.Status.OPEN},
        "person_form": PersonForm(association=found.association),
        "commitment_form": CommitmentForm(session=found),
        **forms,
    }
    return render(request, "training/session.html", words, status=status)


def is_coming(attendance: Attendance) -> bool:
    """Whether somebody has a seat, or had one."""
    return attendance.state in Attendance.SEATED


@require_POST
@staff_only(*TEAM)
def open_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Let people be invited."""
    found = session_or_404(request, pk)
    return after(
        request,
        lambda: scheduling.open_up(session=found),
        to=reverse("training:invite", args=[pk]),
        done=_("La session est ouverte : invitez des communes."),
    )


@require_http_methods(GET_AND_POST)
@staff_only(*TEAM)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Call a session off."""
    found = session_or_404(request, pk)
    form = CancelForm(posted(request))
    if request.method == "POST" and form.is_valid():
        return after(
            request,
            lambda: scheduling.cancel(
                session=found, reason=form.cleaned_data["reason"], now=timezone.now()
            ),
            to=reverse("training:session", args=[pk]),
            done=_("La session est annulée. Les personnes invitées sont prévenues."),
        )
    words = {"form": form, "session": found}
    return render(request, "training/cancel.html", words, status=422 if form.is_bound else 200)


@require_POST
@staff_only(*TEAM)
def duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan the same session four weeks later."""
    again = scheduling.duplicate(session=session_or_404(request, pk), days=4 * WEEK)
    messages.success(request, _("La session est copiée quatre semaines plus tard, en brouillon."))
    return redirect("training:change", again.pk)


@require_POST
@staff_only(*TEAM)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """End a session: who signed was there."""
    found = session_or_404(request, pk)
    return after(
        request,
        lambda: scheduling.close(session=found, now=timezone.now()),
        to=reverse("training:session", args=[pk]),
        done=_("La session est close. Les questionnaires partent aux personnes présentes."),
    )


def posted(request: HttpRequest) -> Any:
    """Return what was sent, even when it is empty; None when nothing was."""
    return request.POST if request.method == "POST" else None


def after(request: HttpRequest, step: Callable[[], Any], *, to: str, done: str) -> HttpResponse:
    """Do one thing and go on; a refusal is said on the page one comes back to."""
    try:
        step()
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(to)
