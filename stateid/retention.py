"""The end of identities that asked to open an account; in the public schema."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from parvis.erasing import Spans, Step
from stateid.models import LinkRequest


REQUEST_KEPT = timedelta(days=183)


def _requests(_kept: Spans, now: datetime) -> QuerySet[LinkRequest]:
    return LinkRequest.objects.filter(asked_at__lt=now - REQUEST_KEPT)


def _delete_requests(kept: Spans, now: datetime) -> int:
    return _requests(kept, now).delete()[0]


ONCE = (Step("invitation", lambda kept, now: _requests(kept, now).count(), _delete_requests),)
