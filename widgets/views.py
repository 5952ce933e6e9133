"""Where an administrator looks after the commune's own names, and the sites that show Parvis."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from booking.models import Service
from identity.access import staff_only, who
from identity.members import ADMIN
from parvis.errors import DomainError
from tenants.asked import commune_of
from tenants.hosts import absolute_url
from widgets import domains, sites, snippets
from widgets.forms import NameForm, SiteForm, SnippetForm
from widgets.models import CustomDomain, EmbeddingSite
from widgets.names import proof_name, target


HOME = "widgets:home"
TONES = {"pending_dns": "warning", "verified": "info", "tls_ok": "success", "primary": "success"}


@require_safe
@staff_only(ADMIN)
def home(request: HttpRequest) -> HttpResponse:
    """Show the addresses of the site, and the sites that show the widget."""
    return _home(request)


def _home(
    request: HttpRequest,
    *,
    names: NameForm | None = None,
    pages: SiteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    commune = commune_of(request)
    found = list(CustomDomain.objects.filter(commune=commune))
    context: dict[str, Any] = {
        "url": absolute_url(commune, "/"),
        "domains": [(each, TONES[each.state]) for each in found],
        "sites": EmbeddingSite.objects.filter(commune=commune),
        "name_form": names or NameForm(),
        "site_form": pages or SiteForm(),
    }
    return render(request, "widgets/home.html", context, status=status)


@require_POST
@staff_only(ADMIN)
def add_name(request: HttpRequest) -> HttpResponse:
    """Ask for a name, then show what to write in the DNS."""
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            asked = domains.ask(
                commune=commune_of(request),
                typed=form.cleaned_data["name"],
                by=who(request),
                now=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error("name", str(refusal))
        else:
            return redirect("widgets:name", asked.pk)
    return _home(request, names=form, status=422)


@require_safe
@staff_only(ADMIN)
def name(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one name: how far it is, and the two records to write."""
    domain = _domain(request, pk)
    context = {
        "domain": domain,
        "tone": TONES[domain.state],
        "records": [
            ("CNAME", domain.domain, f"{target(settings.BASE_DOMAIN)}."),
            ("TXT", proof_name(domain.domain), domain.token),
        ],
        "is_waiting": bool(domain.wish) or domain.checked_at is None,
    }
    return render(request, "widgets/name.html", context)


@require_POST
@staff_only(ADMIN)
def check_name(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the name looked up now."""
    domain = _domain(request, pk)
    domains.wish(domain=domain, what=domain.wish)
    messages.info(request, _("Vérification demandée : le résultat apparaît ici sous une minute."))
    return redirect("widgets:name", pk)


@require_POST
@staff_only(ADMIN)
def promote_name(request: HttpRequest, pk: int) -> HttpResponse:
    """Make it the main address, once it is ready."""
    domains.wish(domain=_domain(request, pk), what=CustomDomain.Wish.PRIMARY)
    messages.success(
        request,
        _("Noté. Dès que le nom est prêt, les anciennes adresses y mènent d’elles-mêmes."),
    )
    return redirect("widgets:name", pk)


@require_POST
@staff_only(ADMIN)
def demote_name(request: HttpRequest, pk: int) -> HttpResponse:
    """Go back to the address of the platform."""
    domains.wish(domain=_domain(request, pk), what=CustomDomain.Wish.SECONDARY)
    messages.success(request, _("Noté. Votre site reprend son adresse d’origine sous une minute."))
    return redirect("widgets:name", pk)


@require_POST
@staff_only(ADMIN)
def remove_name(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the name up."""
    domain = _domain(request, pk)
    domains.wish(domain=domain, what=CustomDomain.Wish.REMOVED)
    messages.success(request, _("%(name)s est retiré sous une minute.") % {"name": domain.domain})
    return redirect(HOME)


@require_POST
@staff_only(ADMIN)
def add_site(request: HttpRequest) -> HttpResponse:
    """Name a site that shall show the widget."""
    form = SiteForm(request.POST)
    if form.is_valid():
        try:
            sites.add(
                commune=commune_of(request), page=form.cleaned_data["page"], now=timezone.now()
            )
        except DomainError as refusal:
            form.add_error("page", str(refusal))
        else:
            messages.info(
                request,
                _("Site ajouté. La page va être lue : revenez ici dans une minute."),
            )
            return redirect(f"{reverse(HOME)}#sites")
    return _home(request, pages=form, status=422)


@require_POST
@staff_only(ADMIN)
def check_site(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the page looked at now."""
    sites.look_soon(site=_site(request, pk))
    messages.info(request, _("Vérification demandée : le résultat apparaît ici sous une minute."))
    return redirect(f"{reverse(HOME)}#sites")


@require_POST
@staff_only(ADMIN)
def remove_site(request: HttpRequest, pk: int) -> HttpResponse:
    """Forbid the site to show the widget."""
    sites.remove(site=_site(request, pk))
    messages.success(request, _("Ce site ne peut plus afficher le module."))
    return redirect(f"{reverse(HOME)}#sites")


@require_safe
@staff_only(ADMIN)
def widget(request: HttpRequest) -> HttpResponse:
    """Write the lines to paste into the commune's site."""
    commune = commune_of(request)
    services = list(Service.objects.offered_online().values_list("slug", "name"))
    form = SnippetForm(services, request.GET or None)
    kind, service, system = form.choice
    origin = absolute_url(commune, "")
    context = {
        "form": form,
        "snippet": snippets.tag(origin=origin, slug=commune.slug, kind=kind, service=service),
        "steps": snippets.steps(system),
        "is_frame": kind != snippets.Kind.BADGE,
    }
    return render(request, "widgets/widget.html", context)


def _domain(request: HttpRequest, pk: int) -> CustomDomain:
    return get_object_or_404(CustomDomain, pk=pk, commune=commune_of(request))


def _site(request: HttpRequest, pk: int) -> EmbeddingSite:
    return get_object_or_404(EmbeddingSite, pk=pk, commune=commune_of(request))
