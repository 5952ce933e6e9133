"""Who carries text messages: two providers used in France, and one that only says so."""

import hashlib
import json
import logging
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from parvis import egress
from parvis.delivery import Later, Refused, Unsure


MOST_BYTES, PATIENCE_S = 65_536, 20.0  # the lease of a message is longer
LIFE = timedelta(hours=48)  # how long a telephone that is switched off is tried again
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Text:
    """One text message, ready to leave; ``sender`` empty: a number of the provider's."""

    key: str
    to: str
    body: str
    sender: str
    not_after: datetime | None


class Gateway(Protocol):
    """One provider; ``repeats`` when it recognises a message it was given before."""

    repeats: bool

    def send(self, text: Text, *, now: datetime) -> str:
        """Hand a text over and return the provider's reference.

        Raises:
            Refused: this text, or this number, is not taken.
            Later: nothing was sent.
            Unsure: nobody knows.
        """


class Console:
    """Nothing leaves: for the demo."""

    repeats = True

    def send(self, text: Text, *, now: datetime) -> str:  # noqa: ARG002 (it is a gateway)
        """Take note that a text would have left, without its number or its words."""
        log.info("A text message %s stays here.", text.key)
        return "console"


class Nobody:
    """A deployment without a provider."""

    repeats = True

    def send(self, text: Text, *, now: datetime) -> str:  # noqa: ARG002 (it is a gateway)
        """Refuse."""
        raise Refused(_("Aucun fournisseur de SMS n’est configuré."))


class Ovh:
    """OVHcloud. It knows no key of ours: what was not answered is checked by a person."""

    repeats = False

    def send(self, text: Text, *, now: datetime) -> str:
        """Create a job for one receiver."""
        url = f"{settings.OVH_SMS_URL}/sms/{settings.OVH_SMS_SERVICE}/jobs"
        life = LIFE if text.not_after is None else min(LIFE, text.not_after - now)
        job: dict[str, Any] = {
            "message": text.body,
            "receivers": [text.to],
            "charset": "UTF-8",
            "coding": "7bit",
            "priority": "high",
            "noStopClause": True,  # nothing is sold
            "validityPeriod": max(1, math.ceil(life.total_seconds() / 60)),
        }
        job |= {"sender": text.sender} if text.sender else {"senderForResponse": True}
        content = json.dumps(job).encode()
        stamp = str(int(now.timestamp()))
        account = (settings.OVH_SMS_SECRET, settings.OVH_SMS_CONSUMER)
        signed = "+".join((*account, "POST", url, content.decode(), stamp))
        said = _post(
            url,
            content,
            {
                "X-Ovh-Application": settings.OVH_SMS_APPLICATION,
                "X-Ovh-Consumer": settings.OVH_SMS_CONSUMER,
                "X-Ovh-Timestamp": stamp,
                "X-Ovh-Signature": "$1$" + hashlib.sha1(signed.encode()).hexdigest(),  # noqa: S324 (the provider's)
            },
        )
        if text.to in said.get("invalidReceivers", []):
            raise Refused(_("Le fournisseur dit que ce numéro n’existe pas."))
        ids = said.get("ids") or []
        if not ids:
            raise Unsure(_("Le fournisseur n’a donné aucune référence."))
        return str(ids[0])


class Octopush:
    """Octopush. It refuses a ``request_id`` that it has taken within a day."""

    repeats = True

    def send(self, text: Text, *, now: datetime) -> str:  # noqa: ARG002 (it is a gateway)
        """Create a campaign of one."""
        body: dict[str, Any] = {
            "text": text.body,
            "recipients": [{"phone_number": text.to}],
            "type": "sms_premium",
            "purpose": "alert",  # nothing is sold
            "with_replies": not text.sender,
            "auto_optimize_text": False,
            "request_id": hashlib.sha256(text.key.encode()).hexdigest()[:32],
        }
        body |= {"sender": text.sender} if text.sender else {}
        try:
            said = _post(
                f"{settings.OCTOPUSH_URL}/sms-campaign/send",
                json.dumps(body).encode(),
                {"api-login": settings.OCTOPUSH_LOGIN, "api-key": settings.OCTOPUSH_KEY},
            )
        except Refused as fault:
            if "request_id" in str(fault):  # taken before: the answer was lost, not the text
                return str(body["request_id"])
            raise
        return str(said.get("sms_ticket") or body["request_id"])


GATEWAYS: dict[str, type[Gateway]] = {
    "": Nobody,
    "console": Console,
    "ovh": Ovh,
    "octopush": Octopush,
}


def gateway() -> Gateway:
    """Make the provider of this deployment."""
    return GATEWAYS[settings.SMS_GATEWAY]()


def is_available() -> bool:
    """Tell whether this deployment can send text messages."""
    return bool(settings.SMS_GATEWAY)


def _post(url: str, content: bytes, headers: dict[str, str]) -> dict[str, Any]:
    """Ask, and sort the answer: taken, never, later, nobody knows."""
    try:
        answer = egress.post(
            url,
            content,
            most_bytes=MOST_BYTES,
            patience_s=PATIENCE_S,
            headers={"Content-Type": "application/json", **headers},
        )
    except egress.Unanswered as fault:
        raise Unsure(
            _("Le fournisseur n’a pas répondu (%(detail)s).") % {"detail": fault}
        ) from fault
    except egress.Unreachable as fault:
        raise Later(
            _("Le fournisseur est injoignable (%(detail)s).") % {"detail": fault}
        ) from fault
    said = {"status": answer.status, "said": answer.content.decode(errors="replace")[:300]}
    if answer.status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        raise Later(_("Le fournisseur est débordé (%(status)s : %(said)s).") % said)
    if answer.status in {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.PAYMENT_REQUIRED,
        HTTPStatus.FORBIDDEN,
    }:
        # the account, not the message
        raise Later(_("Le fournisseur refuse notre compte (%(status)s : %(said)s).") % said)
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Unsure(_("Le fournisseur est en panne (%(status)s : %(said)s).") % said)
    if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
        raise Refused(_("Le fournisseur refuse ce SMS (%(status)s : %(said)s).") % said)
    try:
        found = json.loads(answer.content)
    except ValueError as fault:
        raise Unsure(_("Le fournisseur répond autre chose (%(said)s).") % said) from fault
    return found if isinstance(found, dict) else {}
