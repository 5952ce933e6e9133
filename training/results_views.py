"""What people thought of a session, and the ideas that come out of it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from identity.access import staff_only
from training import surveys
from training.access import TEAM, session_or_404
from training.models import SurveyReply
from training.scores import ENOUGH
from training.views import after


@require_safe
@staff_only(*TEAM)
def results(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the answers add up to, and what was said."""
    session = session_or_404(request, pk)
    kinds = [
        (_("Le jour même"), surveys.results(session, SurveyReply.Kind.HOT)),
        (_("Un mois après"), surveys.results(session, SurveyReply.Kind.COLD)),
    ]
    words = {"session": session, "kinds": kinds, "enough": ENOUGH}
    return render(request, "training/results.html", words)


@require_POST
@staff_only(*TEAM)
def to_idea(request: HttpRequest, pk: int, entry_id: int) -> HttpResponse:
    """Make an idea of what somebody said."""
    session = session_or_404(request, pk)
    reply = get_object_or_404(session.survey_replies.exclude(verbatim=""), pk=entry_id)
    return after(
        request,
        lambda: surveys.suggest(reply=reply, session=session, now=timezone.now()),
        to=reverse("training:results", args=[pk]),
        done=_("La remarque est devenue une idée."),
    )
