"""What the commune gives appointments for, where, and when there is room."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router

from api import shapes
from api.callers import EVERYBODY
from api.refusals import InvalidFields
from api.words import between, too_long
from booking import checklists, planning, read_model, words
from booking.models import Service, ServiceQuerySet, Site
from booking.published_starts import published_starts
from booking.refusals import NotOffered, NotOnline
from booking.situations import titles_of
from parvis.pieces import Document
from tenants.hosts import absolute_url


router = Router(auth=EVERYBODY, tags=["services"])
READ = ["GET", "HEAD"]
FORTNIGHT = timedelta(days=13)
MOST_DAYS = 62


def offered() -> ServiceQuerySet:
    """Return what citizens may come for; a collection is arranged by the town hall."""
    return Service.objects.offered().filter(Q(is_online=True) | Q(is_collection=False))


def known(code: str) -> Service:
    """Find a service by its code.

    Raises:
        Http404: there is none.
    """
    found: Service | None = offered().filter(slug=code).first() if "\0" not in code else None
    if found is None:
        raise Http404
    return found


@router.api_operation(
    READ,
    "/services",
    response=shapes.ServiceList,
    operation_id="listServices",
    url_name="services",
)
def services(request: HttpRequest) -> shapes.ServiceList:
    """List what citizens may come for."""
    now = timezone.now()
    found = list(offered())
    first = read_model.first_free([each for each in found if each.is_online], now=now)
    brought = checklists.usual_of(found, day=planning.local_day(now))
    site = absolute_url(request.commune, "")  # type: ignore[attr-defined]
    return shapes.ServiceList(
        items=[
            shapes.Service(**_told(each, first.get(each.pk), brought[each.pk], site))
            for each in found
        ]
    )


@router.api_operation(
    READ,
    "/services/{code}",
    response=shapes.ServiceDetail,
    operation_id="readService",
    url_name="service",
)
def service(
    request: HttpRequest, code: str, answers: Query[shapes.Answers]
) -> shapes.ServiceDetail:
    """Say what one person brings in her situation, and what decides it."""
    now = timezone.now()
    one = known(code)
    said = {key: str(each) for key, each in answers if each is not None}
    day = planning.local_day(now)
    first = read_model.first_free([one], now=now) if one.is_online else {}
    site = absolute_url(request.commune, "")  # type: ignore[attr-defined]
    brought = checklists.announced(one, situation=said, day=day)
    return shapes.ServiceDetail(
        **_told(one, first.get(one.pk), brought, site),
        terms=one.terms,
        instructions=one.instructions,
        questions=[
            shapes.Question(
                key=each.key,
                label=checklists.question_label(each.key),
                choices=[
                    shapes.Choice(key=key, label=checklists.choice_label(each.key, key))
                    for key in each.choices
                ],
                answer=each.answer,
                is_rare=each.extra,
            )
            for each in checklists.questions(one, said)
        ],
    )


@router.api_operation(
    READ, "/sites", response=shapes.SiteList, operation_id="listSites", url_name="sites"
)
def sites(request: HttpRequest) -> shapes.SiteList:
    """List where citizens are received, with what is given there."""
    given: dict[int, list[str]] = {}
    pairs = (
        offered()
        .filter(resources__active=True)
        .order_by("position", "name", "pk")
        .values_list("resources__site_id", "slug")
    )
    for site_id, code in pairs:
        codes = given.setdefault(site_id, [])
        if code not in codes:
            codes.append(code)
    return shapes.SiteList(
        items=[
            shapes.SiteDetail(
                id=site.pk, name=site.name, address=site.address, services=given[site.pk]
            )
            for site in Site.objects.filter(pk__in=given).order_by("pk")
        ]
    )


@router.api_operation(
    READ, "/slots", response=shapes.SlotList, operation_id="listSlots", url_name="slots"
)
def slots(request: HttpRequest, wish: Query[shapes.SlotWish]) -> shapes.SlotList:
    """List the free starts of some days; what is shown is looked at again when it is booked."""
    now = timezone.now()
    one = known(wish.service)
    if not one.is_online:
        raise NotOnline
    if wish.persons > one.most_persons:
        raise NotOffered
    first, last = _days(wish, now)
    length = timedelta(minutes=one.length(wish.persons))
    found = published_starts(
        service=one, persons=wish.persons, first=first, last=last, now=now, site=wish.site
    )
    return shapes.SlotList(
        items=[
            shapes.Slot(start=each.start, end=each.start + length, site=each.site)
            for each in found
        ]
    )


def documents(listed: list[Document]) -> list[shapes.Document]:
    """Tell some documents."""
    return [shapes.Document(key=each.key, title=each.title, text=each.text) for each in listed]


def _days(wish: shapes.SlotWish, now: datetime) -> tuple[date, date]:
    """Read which days are wanted.

    Raises:
        InvalidFields: they are too many, or the last comes before the first.
    """
    first = wish.first or planning.local_day(now)
    last = wish.last or first + FORTNIGHT
    if last < first:
        raise InvalidFields([("to", between())])
    if (last - first).days >= MOST_DAYS:
        raise InvalidFields([("to", too_long(MOST_DAYS))])
    return first, last


def _told(
    service: Service, first: date | None, brought: list[Document], site: str
) -> dict[str, Any]:
    return {
        "code": service.slug,
        "name": words.service_name(service),
        "text": words.service_text(service),
        "titles": sorted(str(each) for each in titles_of(service.titles)),
        "durations": [
            shapes.Duration(persons=persons, minutes=minutes)
            for persons, minutes in enumerate(service.minutes, start=1)
        ],
        "is_online": service.is_online,
        "is_cancellable_online": service.is_cancellable_online,
        "asks_pre_application": service.asks_pre_application,
        "notice_hours": service.notice_hours,
        "horizon_days": service.horizon_days,
        "first_free_day": first,
        "documents": documents(brought),
        "url": f"{site}/rendez-vous/{service.slug}/",
    }
