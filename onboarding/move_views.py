"""Moving a commune to another stage: choose it, give what it asks for; and taking it back."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from identity.access import staff_only, who
from onboarding import pipeline
from onboarding.access import TEAM
from onboarding.models import Onboarding
from onboarding.pipeline_forms import MoveForm
from onboarding.stages import MOVES, Module, Stage, can_move
from parvis.errors import DomainError
from parvis.typed import number
from tenants.asked import member_commune
from tenants.models import Commune


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*TEAM)
def move(request: HttpRequest, insee_code: str) -> HttpResponse:
    """Choose a stage, then give the reason, the evidence and what comes next."""
    commune, module = member_commune(request, insee_code), module_asked(request)
    current = _stage_of(commune, module)
    asked = request.POST.get("vers") or request.GET.get("vers") or ""
    context = {"commune": commune, "module": module, "stage": current}
    if asked not in Stage.values or not can_move(current, Stage(asked)):
        stages = [stage for stage in Stage if stage in MOVES[current]]
        status = 422 if request.method == "POST" else 200
        page = {**context, "stages": stages, "is_refused": bool(asked)}
        return render(request, "onboarding/move_choose.html", page, status=status)
    to, today = Stage(asked), timezone.localdate()
    form = MoveForm(request.POST if request.method == "POST" else None, stage=to, today=today)
    if form.is_bound and form.is_valid():
        try:
            pipeline.advance(
                commune=commune,
                module=module,
                wish=form.wish,
                by=who(request),
                now=timezone.now(),
                today=today,
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            words = {"commune": commune.name, "stage": to.label}
            messages.success(request, _("%(commune)s : %(stage)s.") % words)
            return redirect("commune_card", insee_code)
    status = 422 if form.errors else 200
    return render(
        request, "onboarding/move.html", {**context, "to": to, "form": form}, status=status
    )


@require_POST
@staff_only(*TEAM)
def undo(request: HttpRequest, insee_code: str) -> HttpResponse:
    """Take the last move back."""
    commune = member_commune(request, insee_code)
    onboarding = pipeline.undo(
        commune=commune,
        module=module_asked(request),
        event_id=number(request.POST.get("event", ""), digits=18),
        by=who(request),
        now=timezone.now(),
    )
    words = {"commune": commune.name, "stage": Stage(onboarding.stage).label}
    messages.success(request, _("Changement annulé. %(commune)s : %(stage)s.") % words)
    return redirect("commune_card", insee_code)


def module_asked(request: HttpRequest) -> Module:
    """Read the module of the page; appointments unless another is named."""
    asked = request.POST.get("module") or request.GET.get("module") or Module.BOOKING
    if asked not in Module.values:
        raise Http404
    return Module(asked)


def _stage_of(commune: Commune, module: Module) -> Stage:
    found = Onboarding.objects.filter(commune=commune, module=module).first()
    return Stage(found.stage) if found else Stage.PROSPECT
