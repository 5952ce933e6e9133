"""Which addresses a program has told of what happens, and what they were told."""

from http import HTTPStatus
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import P, PathEx, Query, Router, Status

from api import cursors, shapes, webhook_shapes
from api.callers import Asks, caller_of
from api.service_views import READ
from connect import scopes, webhook_actions
from connect.models import Delivery, Webhook


router = Router(auth=Asks(scopes.WEBHOOKS_MANAGE), tags=["webhooks"])
LIST = "deliveries"
MOST_ID = 2**63 - 1
Number = PathEx[int, P(ge=1, le=MOST_ID)]


@router.api_operation(
    READ,
    "/webhooks",
    response=webhook_shapes.WebhookList,
    operation_id="listWebhooks",
    url_name="webhooks",
)
def webhooks(request: HttpRequest) -> webhook_shapes.WebhookList:
    """List those of this program."""
    mine = Webhook.objects.filter(client_id=caller_of(request).client_id).order_by("pk")
    return webhook_shapes.WebhookList(items=[_told(each) for each in mine])


@router.post(
    "/webhooks",
    response={201: webhook_shapes.WebhookMade},
    operation_id="addWebhook",
    url_name="webhooks",
)
def add(request: HttpRequest, body: webhook_shapes.WebhookIn) -> webhook_shapes.WebhookMade:
    """Add one, and show its secret this once."""
    caller = caller_of(request)
    made, secret = webhook_actions.create(
        name=body.name,
        url=body.url,
        events=body.events,
        by=caller.member,
        client=caller.key.client if caller.key else None,
    )
    made.refresh_from_db()
    return _with_secret(made, secret)


@router.api_operation(
    READ,
    "/webhooks/{webhook_id}",
    response=webhook_shapes.Webhook,
    operation_id="readWebhook",
    url_name="webhook",
)
def webhook(request: HttpRequest, webhook_id: Number) -> webhook_shapes.Webhook:
    """Read one."""
    return _told(_mine(request, webhook_id))


@router.patch(
    "/webhooks/{webhook_id}",
    response=webhook_shapes.Webhook,
    operation_id="changeWebhook",
    url_name="webhook",
)
def change(
    request: HttpRequest, body: webhook_shapes.WebhookChange, webhook_id: Number
) -> webhook_shapes.Webhook:
    """Correct one, stop it or put it back in service."""
    found = _mine(request, webhook_id)
    if body.name is not None or body.url is not None or body.events is not None:
        found = webhook_actions.change(
            webhook=found,
            name=found.name if body.name is None else body.name,
            url=found.url if body.url is None else body.url,
            events=found.events if body.events is None else body.events,
        )
    if body.is_active is not None and body.is_active != found.is_active:
        if body.is_active:
            found = webhook_actions.resume(webhook=found, now=timezone.now())
        else:
            found = webhook_actions.stop(webhook=found)
    return _told(found)


@router.delete(
    "/webhooks/{webhook_id}",
    response={204: None},
    operation_id="removeWebhook",
    url_name="webhook",
)
def remove(request: HttpRequest, webhook_id: Number) -> Status[None]:
    """Take one away."""
    webhook_actions.remove(webhook=_mine(request, webhook_id))
    return Status(HTTPStatus.NO_CONTENT, None)


@router.post(
    "/webhooks/{webhook_id}/test",
    response={202: webhook_shapes.Delivery},
    operation_id="testWebhook",
    url_name="try_webhook",
)
def try_out(request: HttpRequest, webhook_id: Number) -> webhook_shapes.Delivery:
    """Send a fact that is none."""
    found = _mine(request, webhook_id)
    return _delivery(webhook_actions.try_out(webhook=found, now=timezone.now()))


@router.post(
    "/webhooks/{webhook_id}/secret",
    response=webhook_shapes.WebhookMade,
    operation_id="renewWebhookSecret",
    url_name="webhook_secret",
)
def renew(request: HttpRequest, webhook_id: Number) -> webhook_shapes.WebhookMade:
    """Draw another secret, and show it this once."""
    found = _mine(request, webhook_id)
    return _with_secret(*webhook_actions.rotate(webhook=found, now=timezone.now()))


@router.api_operation(
    READ,
    "/webhooks/{webhook_id}/deliveries",
    response=webhook_shapes.DeliveryPage,
    operation_id="listDeliveries",
    url_name="deliveries",
)
def deliveries(
    request: HttpRequest, wish: Query[shapes.Listing], webhook_id: Number
) -> webhook_shapes.DeliveryPage:
    """List what one was told, latest first."""
    filters = {"webhook": webhook_id}
    wanted = Delivery.objects.filter(webhook=_mine(request, webhook_id)).order_by("-pk")
    if wish.cursor is not None:
        wanted = wanted.filter(pk__lt=int(cursors.read(wish.cursor, LIST, filters)[0]))
    rows = list(wanted[: wish.limit + 1])
    shown = rows[: wish.limit]
    is_more = len(rows) > wish.limit
    following = cursors.write(LIST, filters, str(shown[-1].pk)) if is_more else None
    return webhook_shapes.DeliveryPage(items=[_delivery(each) for each in shown], next=following)


@router.post(
    "/webhooks/{webhook_id}/deliveries/{delivery_id}/resend",
    response={202: webhook_shapes.Delivery},
    operation_id="resendDelivery",
    url_name="resend_delivery",
)
def resend(request: HttpRequest, delivery_id: UUID, webhook_id: Number) -> webhook_shapes.Delivery:
    """Tell it once more, under the same number."""
    mine = Delivery.objects.filter(webhook=_mine(request, webhook_id), key=str(delivery_id))
    found = mine.select_related("webhook").first()
    if found is None:
        raise Http404
    return _delivery(webhook_actions.resend(delivery=found, now=timezone.now()))


def _mine(request: HttpRequest, webhook_id: int) -> Webhook:
    """Find a webhook of this program.

    Raises:
        Http404: it has none with this number.
    """
    mine = Webhook.objects.filter(client_id=caller_of(request).client_id, pk=webhook_id)
    found = mine.first()
    if found is None:
        raise Http404
    return found


def _told(found: Webhook) -> webhook_shapes.Webhook:
    return webhook_shapes.Webhook(
        id=found.pk,
        name=found.name,
        url=found.url,
        events=found.events,
        is_active=found.is_active,
        failing_since=found.failing_since and timezone.localtime(found.failing_since),
        created_at=timezone.localtime(found.created_at),
    )


def _with_secret(found: Webhook, secret: str) -> webhook_shapes.WebhookMade:
    return webhook_shapes.WebhookMade(**_told(found).model_dump(), secret=secret)


def _delivery(made: Delivery) -> webhook_shapes.Delivery:
    return webhook_shapes.Delivery(
        id=made.key,
        event=made.event,
        written_at=timezone.localtime(made.written_at),
        tried_at=made.tried_at and timezone.localtime(made.tried_at),
        sent_at=made.sent_at and timezone.localtime(made.sent_at),
        is_given_up=made.dead_at is not None,
        attempts=made.attempts,
        answer=made.answer,
    )
