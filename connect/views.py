"""The programs that a commune lets in, and their keys."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from connect import actions, scopes, shown
from connect.forms import ClientForm, KeyForm
from connect.models import ApiClient, ApiKey, Webhook
from identity.access import staff_only, who
from identity.freshness import fresh_only
from identity.members import ADMIN
from parvis.errors import DomainError


@require_safe
@staff_only(ADMIN)
def home(request: HttpRequest) -> HttpResponse:
    """List programs and webhooks, and lead to what explains them."""
    now = timezone.now()
    context = {
        "clients": [shown.client_line(each, now=now) for each in shown.clients()],
        "webhooks": [shown.webhook_line(each) for each in Webhook.objects.all()],
        "rights": [("Open311", scopes.OPEN311), ("API", scopes.REST)],
        "is_real": request.commune.is_real_and_open,  # type: ignore[attr-defined]
    }
    return render(request, "connect/home.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(ADMIN)
def add_client(request: HttpRequest) -> HttpResponse:
    """Note one more program."""
    form = ClientForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = actions.create_client(**form.cleaned_data, by=who(request))
        return redirect("connect:client", made.pk)
    status = 422 if form.is_bound else 200
    return render(request, "connect/client_new.html", {"form": form}, status=status)


@require_safe
@staff_only(ADMIN)
def client(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a program: its keys, and how they were used."""
    found = get_object_or_404(ApiClient, pk=pk)
    return _client_page(request, found)


@require_POST
@staff_only(ADMIN)
def change_client(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct what is known of a program."""
    found, form = get_object_or_404(ApiClient, pk=pk), ClientForm(request.POST)
    if not form.is_valid():
        return _client_page(request, found, form=form)
    actions.change_client(client=found, **form.cleaned_data)
    return redirect("connect:client", found.pk)


@require_POST
@staff_only(ADMIN)
@fresh_only
def issue_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a key, and show it this once."""
    found, form = get_object_or_404(ApiClient, pk=pk), KeyForm(request.POST)
    now = timezone.now()
    if form.is_valid():
        try:
            key, secret = actions.issue_key(
                client=found,
                scopes=form.cleaned_data["scopes"],
                expires_at=form.until(now),
                by=who(request),
                now=now,
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return _secret_page(request, key, secret)
    return _client_page(request, found, key_form=form)


@require_POST
@staff_only(ADMIN)
@fresh_only
def renew_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a key in the place of another, and show it this once."""
    key = get_object_or_404(ApiKey, pk=pk)
    fresh, secret = actions.renew(key=key, by=who(request), now=timezone.now())
    return _secret_page(request, fresh, secret)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(ADMIN)
def revoke_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether to take a key back, then do it."""
    key = get_object_or_404(ApiKey.objects.select_related("client"), pk=pk)
    if request.method == "POST":
        actions.revoke(key=key, by=who(request), now=timezone.now())
        return redirect("connect:client", key.client_id)
    return render(request, "connect/revoke.html", {"key": key})


def _client_page(
    request: HttpRequest,
    found: ApiClient,
    *,
    form: ClientForm | None = None,
    key_form: KeyForm | None = None,
) -> HttpResponse:
    known = {"name": found.name, "contact": found.contact, "role": found.role}
    now = timezone.now()
    context = {
        "client": found,
        "form": form or ClientForm(initial=known),
        "key_form": key_form or KeyForm(),
        "keys": [shown.key_line(each, now=now) for each in found.keys.all()],
        "days": shown.days(found, now=now),
    }
    status = 422 if form or key_form else 200
    return render(request, "connect/client.html", context, status=status)


def _secret_page(request: HttpRequest, key: ApiKey, secret: str) -> HttpResponse:
    context = {"key": key, "secret": secret, "rights": shown.rights(key.scopes)}
    answer = render(request, "connect/key_given.html", context)
    answer["Cache-Control"] = "private, no-store"
    return answer
