"""The call list of a Monday: what is to be done by the end of the week, why, whom to call."""

from datetime import timedelta

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity.access import staff_only, who
from onboarding import contacts, todo
from onboarding.access import TEAM
from onboarding.card_views import to_dos
from onboarding.models import Contact, Interaction, Referent, Task
from onboarding.pages import team_of
from onboarding.pipeline_forms import SaidForm
from parvis.errors import DomainError
from parvis.pieces import Tab
from parvis.typed import number
from tenants.asked import association_of


SHOWN_MOST = 100


@require_safe
@staff_only(*TEAM)
def monday(request: HttpRequest) -> HttpResponse:
    """List what is late and what is due this week, of one referent or of all."""
    today = timezone.localdate()
    sunday = today + timedelta(days=6 - today.weekday())
    team = list(team_of(association_of(request)))
    asked = number(request.GET.get("referent", ""))
    found = _tasks(request).filter(done_at=None, due__lte=sunday)
    if any(user.pk == asked for user in team):
        found = found.filter(
            commune__referents__user=asked, commune__referents__rank=Referent.Rank.MAIN
        )
    else:
        asked = 0
    tasks = list(found.order_by("due", "pk")[:SHOWN_MOST])
    people = list(Contact.objects.filter(commune__in={task.commune_id for task in tasks}))
    lines = to_dos(tasks, people, today=today)
    context = {
        "late": [line for line in lines if line.is_late],
        "due": [line for line in lines if not line.is_late],
        "sunday": sunday,
        "today": today,
        "tabs": [
            Tab(_("Toute l’équipe"), "?", current=not asked),
            *(Tab(str(user), f"?referent={user.pk}", current=user.pk == asked) for user in team),
        ],
        "following": _tasks(request).filter(done_at=None, due__gt=sunday).count(),
    }
    return render(request, "onboarding/monday.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*TEAM)
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down a call that was made for a task, which is done by that."""
    task, today = _task(request, pk), timezone.localdate()
    people = list(Contact.objects.filter(commune=task.commune))
    first = {"kind": Interaction.Kind.CALL, "on": today, "contact": people[0] if people else None}
    sent = request.POST if request.method == "POST" else None
    form = SaidForm(sent, contacts=people, today=today, initial=first)
    if form.is_bound and form.is_valid():
        try:
            contacts.log(
                commune=task.commune,
                said=form.said,
                contact=form.cleaned_data["contact"],
                task=task,
                by=who(request),
                now=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Appel noté."))
            return redirect("monday")
    context = {"form": form, "line": to_dos([task], people, today=today)[0]}
    status = 422 if form.errors else 200
    return render(request, "onboarding/call.html", context, status=status)


@require_POST
@staff_only(*TEAM)
def put_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a task off by a week."""
    task = todo.put_off(task=_task(request, pk), today=timezone.localdate())
    messages.success(request, _("Reporté d’une semaine : %(name)s.") % {"name": task.commune.name})
    return _back(request, task)


@require_POST
@staff_only(*TEAM)
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a task is done."""
    task = todo.finish(task=_task(request, pk), by=who(request), now=timezone.now())
    messages.success(request, _("Fait : %(name)s.") % {"name": task.commune.name})
    return _back(request, task)


@require_POST
@staff_only(*TEAM)
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take "done" back."""
    task = todo.reopen(task=_task(request, pk))
    messages.success(request, _("De nouveau à faire : %(name)s.") % {"name": task.commune.name})
    return _back(request, task)


def _tasks(request: HttpRequest) -> QuerySet[Task]:
    mine = Task.objects.filter(commune__association=association_of(request))
    return mine.select_related("commune")


def _task(request: HttpRequest, pk: int) -> Task:
    return get_object_or_404(_tasks(request), pk=pk)


def _back(request: HttpRequest, task: Task) -> HttpResponse:
    """Return to the card that the button was on, else to the list."""
    if request.POST.get("from") == "card":
        return redirect("commune_card", task.commune.insee_code)
    return redirect("monday")
