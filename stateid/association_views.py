"""An association's own provider of identities: chosen, tried, offered by its direction."""

from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from identity import limits
from identity.access import staff_only, who
from identity.freshness import fresh_only
from identity.members import DIRECTOR
from identity.views import place_of
from parvis.errors import DomainError
from stateid import actions
from stateid.forms import AssociationLoginForm
from stateid.models import AssociationLogin
from stateid.registered import OF_ASSOCIATION
from tenants.hosts import absolute_url
from tenants.models import Association


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(DIRECTOR)
@fresh_only
def configure(request: HttpRequest) -> HttpResponse:
    """Choose the provider of the association; the button "Tester" saves nothing."""
    association = place_of(request)
    if not isinstance(association, Association):
        raise Http404
    known = AssociationLogin.objects.filter(association=association).first()
    typed = request.POST if request.method == "POST" else None
    form = AssociationLoginForm(typed, initial=_initial(known))
    result = ""
    if form.is_valid():
        if "tester" in request.POST:
            result = _test(request, form)
        elif _save(request, association, form):
            messages.success(request, _("C’est enregistré."))
            return redirect("stateid:configure")
    back = reverse(
        "stateid_callback", args=[f"{OF_ASSOCIATION}{association.pk}"], urlconf="parvis.urls_login"
    )
    words = {
        "form": form,
        "known": known,
        "result": result,
        "callback": absolute_url("login", back),
        "after_logout": absolute_url("login", "/connexion/"),
    }
    return render(request, "stateid/association.html", words, status=422 if form.errors else 200)


def _initial(known: AssociationLogin | None) -> dict[str, object]:
    if known is None:
        return {}
    names = ("siren", "is_enabled", "issuer", "client_id", "algorithm")
    return {name: getattr(known, name) for name in names} | {"domains": "\n".join(known.domains)}


def _save(request: HttpRequest, association: Association, form: AssociationLoginForm) -> bool:
    try:
        actions.configure_login(
            association=association, by=who(request), now=timezone.now(), **form.cleaned_data
        )
    except DomainError as refusal:
        form.add_error("secret", str(refusal))
        return False
    return True


def _test(request: HttpRequest, form: AssociationLoginForm) -> str:
    """Ask the provider what it publishes; what is wrong is told beside its address."""
    issuer = form.cleaned_data["issuer"]
    if not issuer:
        form.add_error("issuer", _("Donnez une adresse qui commence par https://."))
        return ""
    limits.take(limits.EXPORT, str(request.user.pk), now=timezone.now())
    try:
        trouble = actions.tried(issuer=issuer, algorithm=form.cleaned_data["algorithm"])
    except OAuth2Error:
        trouble = _(
            "Ce fournisseur ne répond pas comme prévu à cette adresse : vérifiez-la, elle doit "
            "être publique et être celle que le fournisseur annonce lui-même."
        )
    if trouble:
        form.add_error("issuer", trouble)
        return ""
    return _("Ce fournisseur répond, et publie ce qu’il faut.")
