"""Notifications to browsers, through the push services of those who make them."""

from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _, gettext_lazy

from messaging.models import OutgoingPush, PushSubscription
from messaging.nights import spare_sleep
from messaging.push_crypto import authorisation, sealed
from messaging.push_hosts import is_known
from messaging.twin import writer
from parvis.delivery import Later, Refused
from parvis.egress import INTERNET, Forbidden, Reach, Unreachable, post_foreign
from tenants.models import Commune


KEPT_S = 86_400  # for a telephone that is off
SIGNED_S = 12 * 3600  # push services accept a day at most
GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
BUSY = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}


class Pushes:
    """Notifications; one that goes twice takes the place of the first on the screen."""

    slug, label, icon = "notifications", gettext_lazy("Notifications"), "bell"
    model = OutgoingPush
    repeats = True
    reach: Reach = INTERNET

    def __init__(self) -> None:
        self._writer: Commune | None = None

    def send(self, row: OutgoingPush, *, now: datetime) -> None:
        """Hand one notification over; forget a browser that has unsubscribed."""
        browser = row.subscription
        if browser is None:
            raise Refused(_("Ce navigateur n’est plus abonné."))
        self._writer = self._writer or writer()
        spare_sleep(row, self._writer, now=now)
        parts = urlsplit(browser.endpoint)
        if not settings.VAPID_PRIVATE_KEY or not is_known(parts.hostname or ""):
            raise Refused(_("Ce service de notifications n’est pas de ceux que nous connaissons."))
        status = self._post(row, browser, f"{parts.scheme}://{parts.netloc}", now)
        if status in GONE:
            PushSubscription.objects.filter(pk=browser.pk).delete()
            raise Refused(_("Ce navigateur n’est plus abonné."))
        if status in BUSY or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Later(_said(parts.hostname, status))
        if status >= HTTPStatus.MULTIPLE_CHOICES:
            raise Refused(_said(parts.hostname, status))

    def _post(
        self, row: OutgoingPush, browser: PushSubscription, audience: str, now: datetime
    ) -> int:
        notification = {
            "title": row.title,
            "body": row.body,
            "navigate": row.navigate,
            "lang": browser.language,
            "tag": row.topic,
        }
        signed = authorisation(
            settings.VAPID_PRIVATE_KEY,
            audience=audience,
            contact=f"mailto:{settings.DEFAULT_FROM_EMAIL}",
            until=int(now.timestamp()) + SIGNED_S,
        )
        headers = {
            "Authorization": signed,
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEPT_S),
            "Topic": row.topic,
            "Urgency": "normal",
        }
        content = sealed(notification, p256dh=browser.p256dh, auth=browser.auth)
        try:
            answer = post_foreign(browser.endpoint, content, headers=headers, reach=self.reach)
        except Forbidden as fault:
            raise Refused(
                _("Ce service de notifications n’est pas de ceux que nous connaissons.")
            ) from fault
        except Unreachable as fault:
            raise Later(
                _("Le fournisseur est injoignable (%(detail)s).") % {"detail": fault}
            ) from fault
        return answer.status

    def close(self) -> None:
        """Nothing is kept open."""


def _said(host: str | None, status: int) -> str:
    said = {"status": int(status), "host": host}
    return _("Le service de notifications répond %(status)s (%(host)s).") % said
