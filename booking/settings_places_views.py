"""The settings of sites and of what receives there: counters, stations, agents, rooms."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from booking.models import Allocation, Appointment, Resource, Service, Site
from booking.settings_forms import ResourceForm, SiteForm
from booking.settings_pages import manages, save, short, show


LIST = "booking:agent:settings:resources"


@require_safe
@manages
def resources(request: HttpRequest) -> HttpResponse:
    """List the sites, and what receives at each."""
    sites = [
        {"site": site, "rows": [_row(each) for each in site.resources.all()]}
        for site in Site.objects.order_by("pk").prefetch_related("resources__services")
    ]
    return show(request, "resources", {"sites": sites})


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def add_resource(request: HttpRequest) -> HttpResponse:
    """Add a counter, a station, an agent or a room."""
    site = Site.objects.order_by("pk").first()
    initial = {"site": site, "services": list(Service.objects.offered())}
    form = ResourceForm(request.POST or None, instance=Resource(), initial=initial)
    if form.is_valid():
        label = _("Ajouté : %(name)s") % {"name": short(form.cleaned_data["name"])}
        return save(request, label=label, work=form.write, to=reverse(LIST), now=timezone.now())
    return show(request, "resource", {"resource": None, "has_site": site is not None}, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def change_resource(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what receives, or put it out of service."""
    now = timezone.now()
    resource = get_object_or_404(Resource, pk=pk)
    form = ResourceForm(request.POST or None, instance=resource)
    if form.is_valid():
        label = _("Modifié : %(name)s") % {"name": short(form.cleaned_data["name"])}
        return save(request, label=label, work=form.write, to=reverse(LIST), now=now)
    booked = Allocation.objects.filter(
        resource=resource,
        state=Allocation.State.BOOKED,
        start_at__gte=now,
        appointment__status=Appointment.Status.BOOKED,
    ).count()
    page = {
        "resource": resource,
        "has_site": True,
        "booked": booked,
        "openings": resource.openings.count(),
    }
    return show(request, "resource", page, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def add_site(request: HttpRequest) -> HttpResponse:
    """Add a place."""
    return _site(request, Site(), _("Lieu ajouté : %(name)s"))


@require_http_methods(["GET", "HEAD", "POST"])
@manages
def change_site(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the name or the address of a place."""
    return _site(request, get_object_or_404(Site, pk=pk), _("Lieu modifié : %(name)s"))


def in_service() -> str:
    """Say how many resources are in service."""
    count = Resource.objects.filter(active=True).count()
    if not count:
        return _("Aucun guichet en service")
    return ngettext("%(n)s en service", "%(n)s en service", count) % {"n": count}


def _site(request: HttpRequest, site: Site, label: str) -> HttpResponse:
    form = SiteForm(request.POST or None, instance=site)
    if form.is_valid():
        return save(
            request,
            label=label % {"name": short(form.cleaned_data["name"])},
            work=form.write,
            to=reverse(LIST),
            now=timezone.now(),
        )
    return show(request, "site", {"site": site if site.pk else None}, form=form)


def _row(resource: Resource) -> dict[str, object]:
    names = [service.name for service in resource.services.all() if service.is_active]
    return {
        "name": resource.name,
        "kind": resource.get_kind_display(),
        "services": ", ".join(names) or _("Aucune démarche"),
        "active": resource.active,
        "href": reverse("booking:agent:settings:change_resource", args=[resource.pk]),
    }
