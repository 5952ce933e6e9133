"""The webhooks of a commune, what they were told, and how the other side checks it."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from connect import samples, shown, webhook_actions
from connect.forms import WebhookForm
from connect.models import Delivery, Webhook
from identity.access import staff_only, who
from identity.freshness import fresh_only
from identity.members import ADMIN
from parvis.errors import DomainError


PER_PAGE = 30


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(ADMIN)
@fresh_only
def add_webhook(request: HttpRequest) -> HttpResponse:
    """Add one, and show its secret this once."""
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = webhook_actions.create(**form.cleaned_data, by=who(request))
        except DomainError as refusal:
            _blame(form, refusal)
        else:
            return _secret_page(request, made, secret)
    status = 422 if form.is_bound else 200
    return render(request, "connect/webhook_new.html", {"form": form}, status=status)


@require_safe
@staff_only(ADMIN)
def webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one: its state, and what it was told."""
    found = get_object_or_404(Webhook, pk=pk)
    return _webhook_page(request, found)


@require_POST
@staff_only(ADMIN)
@fresh_only
def change_webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct its name, its address or what it is told of."""
    found, form = get_object_or_404(Webhook, pk=pk), WebhookForm(request.POST)
    if form.is_valid():
        try:
            webhook_actions.change(webhook=found, **form.cleaned_data)
        except DomainError as refusal:
            _blame(form, refusal)
        else:
            return redirect("connect:webhook", found.pk)
    return _webhook_page(request, found, form=form)


@require_POST
@staff_only(ADMIN)
def try_webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a try."""
    found = get_object_or_404(Webhook, pk=pk)
    webhook_actions.try_out(webhook=found, now=timezone.now())
    return redirect("connect:webhook", found.pk)


@require_POST
@staff_only(ADMIN)
def stop_webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell it nothing more."""
    webhook_actions.stop(webhook=get_object_or_404(Webhook, pk=pk))
    return redirect("connect:webhook", pk)


@require_POST
@staff_only(ADMIN)
def resume_webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it back in service."""
    webhook_actions.resume(webhook=get_object_or_404(Webhook, pk=pk), now=timezone.now())
    return redirect("connect:webhook", pk)


@require_POST
@staff_only(ADMIN)
@fresh_only
def rotate_webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw another secret, and show it this once."""
    found = get_object_or_404(Webhook, pk=pk)
    changed, secret = webhook_actions.rotate(webhook=found, now=timezone.now())
    return _secret_page(request, changed, secret)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(ADMIN)
def remove_webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether to take it away, then do it."""
    found = get_object_or_404(Webhook, pk=pk)
    if request.method == "POST":
        webhook_actions.remove(webhook=found)
        return redirect("connect:home")
    return render(request, "connect/webhook_remove.html", {"webhook": found})


@require_safe
@staff_only(ADMIN)
def delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was told, and what the other side answered."""
    found = get_object_or_404(Delivery.objects.select_related("webhook"), pk=pk)
    context = {"delivery": found, "line": shown.delivery_line(found)}
    return render(request, "connect/delivery.html", context)


@require_POST
@staff_only(ADMIN)
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell it once more."""
    found = get_object_or_404(Delivery, pk=pk)
    webhook_actions.resend(delivery=found, now=timezone.now())
    return redirect("connect:delivery", found.pk)


@require_safe
@staff_only(ADMIN)
def checking(request: HttpRequest) -> HttpResponse:
    """Explain how the other side checks what it receives."""
    context = {"samples": samples.ALL, "example": samples.EXAMPLE}
    return render(request, "connect/checking.html", context)


def _blame(form: WebhookForm, refusal: DomainError) -> None:
    field = "url" if isinstance(refusal, webhook_actions.NotAnAddress) else None
    form.add_error(field, str(refusal))


def _webhook_page(
    request: HttpRequest, found: Webhook, *, form: WebhookForm | None = None
) -> HttpResponse:
    known = {"name": found.name, "url": found.url, "events": found.events}
    rows = Delivery.objects.filter(webhook=found).defer("body")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "webhook": found,
        "line": shown.webhook_line(found),
        "form": form or WebhookForm(initial=known),
        "page_obj": page,
        "deliveries": [shown.delivery_line(each) for each in page],
        "is_real": request.commune.is_real_and_open,  # type: ignore[attr-defined]
        "old_secret_until": shown.old_secret_until(found, now=timezone.now()),
    }
    return render(request, "connect/webhook.html", context, status=422 if form else 200)


def _secret_page(request: HttpRequest, found: Webhook, secret: str) -> HttpResponse:
    answer = render(request, "connect/webhook_given.html", {"webhook": found, "secret": secret})
    answer["Cache-Control"] = "private, no-store"
    return answer
