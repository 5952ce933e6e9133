"""What somebody of a commune sees of trainings: her sessions, her commune's promises."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity.access import staff_only, who
from identity.members import ADMIN, BOOKING_AGENT, REPORT_AGENT, Member
from learning import progress
from tenants.asked import association_of, commune_of
from training import papers, promises, replies
from training.access import STAFF
from training.models import Attendance, Commitment, LearningPath, Reply, TrainingSession
from training.public_forms import AnswerForm, needs_of
from training.views import GET_AND_POST, after, posted
from training.words import OF_ROLE


DESK = (ADMIN, BOOKING_AGENT, REPORT_AGENT)


@require_safe
@staff_only(*STAFF)
def home(request: HttpRequest) -> HttpResponse:
    """Lead to what one may learn: sessions, paths, material."""
    commune, me = commune_of(request), who(request)
    coming = TrainingSession.objects.open().filter(
        association=commune.association_id, starts_at__gt=timezone.now()
    )
    people = Attendance.objects.filter(commune=commune, session__in=coming)
    by_session: dict[int, list[Attendance]] = {}
    for each in people.order_by("name", "pk"):
        by_session.setdefault(each.session_id, []).append(each)
    answers = {each.session_id: each for each in _replies(commune.pk, me)}
    rows = [
        replies.Line.of(each, by_session.get(each.pk, []), answers.get(each.pk), me.email)
        for each in coming.select_related("host_commune")
    ]
    words = {
        "rows": rows,
        "paths": _paths(request, me),
        "commitments": promises.of_commune(commune),
        "may_act": me.role in DESK,
    }
    return render(request, "training/commune/home.html", words)


def _replies(commune_id: int, me: Member) -> list[Reply]:
    mine = Reply.objects.filter(commune_id=commune_id, user_id=me.user_id)
    return list(mine.order_by("at", "pk"))


def _paths(request: HttpRequest, me: Member) -> list[tuple[LearningPath, int, int]]:
    """List the paths with how many steps are done and how many there are, hers first."""
    done = progress.done_by(me.user_id)
    found = LearningPath.objects.filter(association=association_of(request))
    rows = [
        (path, sum(step.pk in done for step in path.steps.all()), len(path.steps.all()))
        for path in found.prefetch_related("steps")
    ]
    mine = OF_ROLE.get(me.role)
    return sorted(rows, key=lambda row: row[0].role != mine)


@require_http_methods(GET_AND_POST)
@staff_only(*STAFF)
def session(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a session, and say whether one comes."""
    commune, me = commune_of(request), who(request)
    found = get_object_or_404(
        TrainingSession.objects.announced().select_related("host_commune"),
        pk=pk,
        association=commune.association_id,
    )
    people = list(Attendance.objects.filter(commune=commune, session=found))
    mine = next((each for each in people if each.email == me.email.lower()), None)
    form = AnswerForm(posted(request), initial=needs_of(mine, commune))
    if request.method == "POST" and form.is_valid():
        replies.give(session=found, commune=commune, who=me, wish=form.wish(), now=timezone.now())
        messages.success(
            request, _("Votre réponse est partie. Un courriel vous dira si la place est à vous.")
        )
        return redirect("training:session", pk)
    words = {
        "session": found,
        "half_days": [papers.hours(each) for each in found.half_days.all()],
        "people": people,
        "mine": mine,
        "reply": _replies_of(found, commune.pk, me),
        "form": form,
        "is_open": found.is_open and found.starts_at > timezone.now(),
    }
    status = 422 if form.is_bound else 200
    return render(request, "training/commune/session.html", words, status=status)


def _replies_of(found: TrainingSession, commune_id: int, me: Member) -> Reply | None:
    mine = Reply.objects.filter(session=found, commune_id=commune_id, user_id=me.user_id)
    return mine.order_by("at", "pk").last()


@require_POST
@staff_only(*DESK)
def fulfil(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a promise is kept."""
    promise = get_object_or_404(Commitment, pk=pk, commune=commune_of(request))
    return after(
        request,
        lambda: promises.fulfil(commitment=promise, by_name=who(request).name, now=timezone.now()),
        to=reverse("training:home"),
        done=_("C’est noté, merci."),
    )
