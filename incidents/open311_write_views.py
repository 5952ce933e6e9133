"""The Open311 server of the commune: what clients send, tokens, and updates both ways."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from identity.limits import MINUTE, Limit, take
from incidents import (
    open311_keys as keys,
    open311_receiving as receiving,
    open311_trials as trials,
    open311_updates as extension,
)
from incidents.calendar import current_commune
from incidents.open311_asking import Faults, read_period
from incidents.open311_errors import Refused
from incidents.open311_formats import clean
from incidents.open311_frame_views import given
from incidents.open311_parameters import asked, check_jurisdiction
from incidents.open311_reading import words_of
from incidents.open311_sending import moment, read, read_media, read_text
from incidents.open311_views import offered_service
from incidents.references import typed


BODY_MOST = 25_000_000  # a photo of 12 MB as a ``data:`` URI, in a form
FIELDS_MOST = 300
ESCAPES_MOST = 200_000  # each costs a hundred bytes while it is read; nobody has shown a key yet
DATA_FIELD = re.compile(rb"media_url=data(:|%3A)", re.IGNORECASE)
BASE64 = {b"%2B": b"+", b"%2b": b"+", b"%2F": b"/", b"%2f": b"/", b"%3D": b"=", b"%3d": b"="}
FORM = "application/x-www-form-urlencoded"
KEY = re.compile(r"[\x21-\x7e]{1,80}", re.ASCII)
BURST = Limit("open311-burst", 20, MINUTE / 12)


def sent(request: HttpRequest) -> QueryDict:
    """Read a form, however large a photo in it is; an address may give parameters as well.

    Raises:
        Refused: 400, it is larger than that, has too many fields, or too much of it is escaped.
    """
    if request.content_type == FORM:
        content = request.read(BODY_MOST + 1)
        if len(content) > BODY_MOST or content.count(b"&") > FIELDS_MOST:
            raise Refused(400, _("La demande est trop volumineuse."))
        content = b"&".join(map(_unescaped, content.split(b"&")))
        if content.count(b"%") > ESCAPES_MOST:
            raise Refused(400, _("La demande est trop volumineuse."))
        values = QueryDict(content, mutable=True, encoding="utf-8")
    else:
        values = request.POST.copy()
    if "api_key" not in values and "api_key" in request.GET:
        values["api_key"] = request.GET["api_key"]
    return values


def _unescaped(field: bytes) -> bytes:
    """Undo the escapes of a ``data:``, of which a large photo has half a million.

    Its plus arrives as a space then, as it does from clients that do not escape it.
    """
    if DATA_FIELD.match(field):
        for escape, sign in BASE64.items():
            field = field.replace(escape, sign)
    return field


def create(request: HttpRequest, *, form: str, is_test: bool) -> HttpResponse:
    """Receive a report: key, jurisdiction, service, then everything else together."""
    now, values = timezone.now(), sent(request)
    client = _client(request, values, keys.REQUESTS_WRITE, now=now)
    check_jurisdiction(values)
    code = asked(values, "service_code")
    if not code:
        raise Refused(400, _("service_code manque."))
    category = offered_service(code)
    envelope = _envelope(request, values, client, is_test=is_test)
    first = receiving.seen(envelope, now=now)
    answer = first or receiving.submit(
        read(values, request.FILES, category=category), envelope, now=now
    )
    return given("service_requests", [answer], form)


def _envelope(
    request: HttpRequest, values: QueryDict, client: keys.Client, *, is_test: bool
) -> receiving.Envelope:
    key = request.headers.get("Idempotency-Key", "").strip()
    if key and not KEY.fullmatch(key):
        raise Refused(400, _("Idempotency-Key : 80 caractères simples au plus."))
    contents = _contents(request)
    return receiving.Envelope(
        client=client,
        key=key,
        content=receiving.fingerprint(list(values.lists()), contents, is_test=is_test),
        is_test=is_test,
        account_id=asked(values, "account_id")[:100],
    )


def _contents(request: HttpRequest) -> Iterator[bytes]:
    """Read the files that came along, one after the other, and leave them to be read again."""
    for _name, several in request.FILES.lists():
        for each in several:
            yield each.read()
            each.seek(0)


def _client(request: HttpRequest, values: QueryDict, scope: str, *, now: datetime) -> keys.Client:
    client = keys.writer(asked(values, "api_key"), scope=scope, now=now)
    request.open311_key = client.key_id  # type: ignore[attr-defined]  # for whoever gave it
    a_minute = Limit("open311-write", settings.OPEN311_PER_MINUTE, MINUTE)
    take(a_minute, client.key, now=now)
    take(BURST, client.key, now=now)
    return client


def token(request: HttpRequest, *, form: str, is_test: bool, token: str) -> HttpResponse:
    """Say the number of a report that was given a token."""
    check_jurisdiction(request.GET)
    reference = receiving.behind(token, now=timezone.now())
    return given("service_requests", [{"service_request_id": reference, "token": token}], form)


def updates(request: HttpRequest, *, form: str, is_test: bool) -> HttpResponse:
    """List what has become of reports, oldest first."""
    now = timezone.now()
    check_jurisdiction(request.GET)
    client = keys.reader(request, scope=keys.UPDATES_READ, now=now)
    start, end, page, size = read_period(request.GET, now=now)
    first = (page - 1) * size
    with translation.override("fr"):
        shown: list[dict[str, Any]]
        if is_test:
            shown = trials.updates(start, end)[first : first + size]
        else:
            rows = extension.within(start, end, first=first, most=size, client=client)
            shown = extension.items(rows, words_of(current_commune()))
    return given("service_request_updates", shown, form)


def update(request: HttpRequest, *, form: str, is_test: bool) -> HttpResponse:
    """Take an update of a report."""
    now, values = timezone.now(), sent(request)
    client = _client(request, values, keys.UPDATES_WRITE, now=now)
    check_jurisdiction(values)
    faults = Faults()
    reference = typed(asked(values, "service_request_id"))
    external_id = asked(values, "update_id")
    for name, value in (("service_request_id", reference), ("update_id", external_id)):
        if not value or len(value) > 100:  # noqa: PLR2004 - as the column holds
            faults.append(_("%(name)s manque, ou est trop long.") % {"name": name})
    if is_test:  # trying a number does not use it up
        external_id = f"test:{external_id}"[-100:]
    at = moment(values, "updated_datetime", faults)
    status = asked(values, "status").upper()
    if status not in extension.ACCEPTED:
        faults.append(_("status : cet état n’est pas connu."))
    text, media = read_text(values, faults), read_media(values, request.FILES, faults)
    if not text and status == "UNCHANGED" and not media.contents and not media.urls:
        faults.append(_("description manque : rien n’est dit."))
    if (number := extension.first_number(client, external_id)) is not None:
        raise extension.known_already(number)
    faults.check()
    assert at is not None  # noqa: S101 - told to the type checker
    wanted = extension.Update(
        external_id=external_id,
        at=at,
        status=status,
        text=text,
        media=media,
        external_status=clean(asked(values, "external_status_code"))[:40],
    )
    receive = extension.try_out if is_test else extension.take
    number = receive(wanted, reference=reference, client=client, now=now)
    return given("service_request_updates", [{"update_id": number}], form)
