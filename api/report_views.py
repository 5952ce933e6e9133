"""What citizens report: what everybody may read of it, and reports that other programs send."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import HeaderEx, P, Query, Router

from api import cursors, repeats, report_shapes
from api.callers import EVERYBODY, Asks, caller_of
from api.limits import REPORT_CONTACT
from api.refusals import InvalidFields, WrongCursor
from api.service_views import READ
from api.words import both_coordinates, no_such_category, words_wanted
from connect import scopes
from incidents import actions, links, published, references
from incidents.geo import Place
from incidents.models import Category, Photo, Report, ReportQuerySet
from incidents.states import state_of
from parvis.counters import take
from tenants.hosts import absolute_url


router = Router(tags=["reports"])
LIST = "reports"
GROUPS = {"received": "recus", "open": "en-cours", "waiting": "en-attente", "closed": "termines"}


@router.api_operation(
    READ,
    "/reports",
    auth=EVERYBODY,
    response=report_shapes.ReportPage,
    operation_id="listReports",
    url_name="reports",
)
def reports(
    request: HttpRequest, wish: Query[report_shapes.ReportWish]
) -> report_shapes.ReportPage:
    """List the published reports, newest first: those open, or closed within ninety days."""
    filters = wish.model_dump(exclude={"cursor", "limit"})
    wanted = published.reports(now=timezone.now())
    if wish.category:
        wanted = wanted.filter(category__code=wish.category)
    if wish.state:
        wanted = wanted.filter(status__in=sorted(published.GROUPS[GROUPS[wish.state]]))
    if wish.cursor is not None:
        wanted = _after(wanted, cursors.read(wish.cursor, LIST, filters))
    rows = list(published.with_pictures(wanted)[: wish.limit + 1])
    shown = rows[: wish.limit]
    following = None
    if len(rows) > wish.limit:
        last = shown[-1]
        following = cursors.write(LIST, filters, last.submitted_at.isoformat(), str(last.pk))
    site = absolute_url(request.commune, "")  # type: ignore[attr-defined]
    return report_shapes.ReportPage(
        items=[
            report_shapes.Report(**_told(each, each.shown, site))  # type: ignore[attr-defined]
            for each in shown
        ],
        next=following,
    )


@router.api_operation(
    READ,
    "/reports/{reference}",
    auth=EVERYBODY,
    response=report_shapes.ReportDetail,
    operation_id="readReport",
    url_name="report",
)
def report(request: HttpRequest, reference: str) -> report_shapes.ReportDetail:
    """Read a published report; one that was merged is told as the one it was merged into."""
    plain = references.typed(reference)
    shown = published.one(plain) if plain else None
    if shown is None:
        raise Http404
    site = absolute_url(request.commune, "")  # type: ignore[attr-defined]
    photos = list(published.shown_photos().filter(report=shown))
    return report_shapes.ReportDetail(
        **_told(shown, photos, site),
        history=[
            report_shapes.Step(at=timezone.localtime(each.at), title=each.title, text=each.text)
            for each in published.read(shown).entries
        ],
    )


@router.post(
    "/reports",
    auth=Asks(scopes.REPORTS_WRITE),
    response={201: report_shapes.ReportMade},
    operation_id="sendReport",
    url_name="reports",
)
def send(
    request: HttpRequest,
    body: report_shapes.ReportIn,
    response: HttpResponse,
    idempotency_key: HeaderEx[str | None, P(alias="Idempotency-Key")] = None,
) -> report_shapes.ReportMade:
    """Receive a report as the form of the site does."""
    now = timezone.now()
    client_id = caller_of(request).client_id
    asked = repeats.read(request, client_id=client_id, key=idempotency_key)

    def work(uuid: UUID) -> str:
        return _received(body, uuid, now=now).reference

    reference = repeats.once(asked, work, answer=response, now=now)
    made = Report.objects.filter(reference=reference).first()
    if made is None:
        raise Http404
    site = absolute_url(request.commune, "")  # type: ignore[attr-defined]
    is_published = made.visibility == Report.Visibility.PUBLIC
    if is_published:
        response["Location"] = f"/api/v1/reports/{made.reference}"
    return report_shapes.ReportMade(
        reference=made.reference,
        status=made.status,
        is_published=is_published,
        follow_url=f"{site}{links.path_to(made)}",
    )


def _after(wanted: ReportQuerySet, place: list[str]) -> ReportQuerySet:
    """Go on below the last report that was read.

    Raises:
        WrongCursor: the place is none of this list.
    """
    try:
        at, key = datetime.fromisoformat(place[0]), int(place[1])
    except (IndexError, ValueError) as fault:
        raise WrongCursor from fault
    return wanted.filter(Q(submitted_at__lt=at) | Q(submitted_at=at, pk__lt=key))


def _received(body: report_shapes.ReportIn, uuid: UUID, *, now: datetime) -> Report:
    """Receive what is reported, once.

    Raises:
        InvalidFields: something is missing, or does not read.
        NotReportable: the category sends elsewhere.
        Nowhere: a problem without any place.
        TooMany: ten reports have named this contact within a day.
    """
    category = Category.objects.offered().filter(code=body.category).first()
    if errors := list(_errors(body, category)):
        raise InvalidFields(errors)
    is_known = Report.objects.filter(idempotency_key=uuid).exists()
    for contact in filter(None, () if is_known else (body.email, body.phone)):
        take(REPORT_CONTACT, contact, now=now)
    place = None
    if body.latitude is not None and body.longitude is not None:
        place = Place(body.latitude, body.longitude)
    made, _token = actions.receive(
        category=category,  # type: ignore[arg-type]  # none is an error above
        text=body.text.strip(),
        place=place,
        address=body.address.strip(),
        channel=Report.Channel.API,
        now=now,
        idempotency_key=uuid,
        email=body.email,
        phone=body.phone,
        language=body.language,
    )
    return made


def _errors(body: report_shapes.ReportIn, category: Category | None) -> list[tuple[str, str]]:
    found = []
    if category is None:
        found.append(("category", no_such_category()))
    elif category.door != Category.Door.REPORT and not body.text.strip():
        found.append(("text", words_wanted()))
    if (body.latitude is None) != (body.longitude is None):
        found.append(("latitude", both_coordinates()))
    if body.email:
        try:
            validate_email(body.email)
        except ValidationError as fault:
            found.append(("email", str(fault.messages[0])))
    return found


def _told(shown: Report, photos: list[Photo], site: str) -> dict[str, Any]:
    category = shown.category
    return {
        "reference": shown.reference,
        "category": report_shapes.Category(
            code=category.code, name=category.label, group=category.group_label
        ),
        "status": shown.status,
        "status_words": state_of(shown.status).word,
        "text": shown.text,
        "address": shown.address,
        "latitude": shown.lat,
        "longitude": shown.lon,
        "submitted_at": timezone.localtime(shown.submitted_at),
        "updated_at": timezone.localtime(shown.touched_at),
        "due_at": shown.due_at and timezone.localtime(shown.due_at),
        "closed_at": shown.closed_at and timezone.localtime(shown.closed_at),
        "concerned": shown.reporters,
        "photos": [f"{site}{links.photo_address(each, 'l', is_public=True)}" for each in photos],
        "url": f"{site}/signalements/{shown.reference}/",
    }
