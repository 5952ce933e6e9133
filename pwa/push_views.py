"""A browser asks to be told of the report or appointment it may open, or to be told no more."""

import json
from datetime import timedelta
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import get_language, gettext as _
from django.views.decorators.http import require_POST

from booking import pushes as visits
from identity.addresses import address_of
from identity.limits import Limit, take
from incidents import links, pushes
from messaging import pushing
from parvis.errors import DomainError


ASKED = Limit("push", 30, timedelta(hours=1))  # per address; a library shares one
TEXT_MOST = 2000


@require_POST
def subscribe(request: HttpRequest) -> HttpResponse:
    """Note a browser, or forget it; whoever holds the link may."""
    now = timezone.now()
    subject = _subject(request.POST.get("secret", "")[:200].replace("\0", ""))
    if not subject:
        return _refused(_("Ce lien n’est plus valable."), HTTPStatus.NOT_FOUND)
    browser = _read(request.POST.get("browser", ""))
    try:
        take(ASKED, address_of(request), now=now)
        if "stop" in request.POST:
            pushing.unsubscribe(subject=subject, endpoint=browser["endpoint"])
        else:
            pushing.subscribe(
                subject=subject,
                endpoint=browser["endpoint"],
                keys=browser,
                language=get_language() or "fr",
                now=now,
            )
    except DomainError as refusal:
        return _refused(str(refusal), HTTPStatus.UNPROCESSABLE_ENTITY)
    return JsonResponse({"told": "stop" not in request.POST})


def _subject(secret: str) -> str:
    """Name what a secret lets its holder be told of: a report, or an appointment."""
    reader = links.reader_behind(secret)
    return pushes.subject_of(reader) if reader else visits.subject_behind(secret)


def _read(text: str) -> dict[str, str]:
    """Read what a browser says of its subscription; what is missing or strange is empty."""
    wanted = dict.fromkeys(("endpoint", "p256dh", "auth"), "")
    try:
        said = json.loads(text) if len(text) < TEXT_MOST else {}
    except (ValueError, RecursionError):
        return wanted
    if not isinstance(said, dict):
        return wanted
    keys = said.get("keys")
    given = {**(keys if isinstance(keys, dict) else {}), "endpoint": said.get("endpoint")}
    return {
        name: value if isinstance(value := given.get(name), str) and "\0" not in value else ""
        for name in wanted
    }


def _refused(words: str, status: int) -> JsonResponse:
    return JsonResponse({"error": words}, status=status)
