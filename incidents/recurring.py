"""The hot spots of the active commune, and the task that prevents the next report."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import (
    Count,
    ExpressionWrapper,
    F,
    FloatField,
    IntegerField,
    OuterRef,
    Subquery,
)
from django.db.models.functions import Cos, Radians
from django.utils.translation import gettext as _, ngettext

from identity.members import Member
from incidents import desk
from incidents.actions import receive
from incidents.geo import METRES_PER_DEGREE
from incidents.hotspots import RADIUS_M, WITHIN, HotSpot, Sighting, hot_spots
from incidents.models import Category, Report
from incidents.workflow import Status


LOOKED_AT_MOST = 1500
LEFT_OUT = (Status.DUPLICATE, Status.CANCELLED)


def read(*, now: datetime) -> list[HotSpot]:
    """Find the hot spots of the last 90 days among the latest reports; one query."""
    rows = (
        Report.objects.filter(
            submitted_at__gte=now - WITHIN,
            lat__isnull=False,
            category__door=Category.Door.REPORT,
        )
        .exclude(status__in=LEFT_OUT)
        .exclude(channel=Report.Channel.INTERNAL)
        .order_by("-submitted_at", "-pk")
        .values_list("pk", "category_id", "lat", "lon", "submitted_at")
    )
    return hot_spots(
        Sighting(pk, kind, lat or 0.0, lon or 0.0, at)
        for pk, kind, lat, lon, at in rows[:LOOKED_AT_MOST]
    )


def alike_here(*, now: datetime) -> Subquery:
    """Count the reports of the same kind within 100 m in 90 days, itself included; to annotate."""
    degree = METRES_PER_DEGREE
    tall = RADIUS_M / degree
    north = ExpressionWrapper((F("lat") - OuterRef("lat")) * degree, output_field=FloatField())
    east = ExpressionWrapper(
        (F("lon") - OuterRef("lon")) * degree * Cos(Radians(OuterRef("lat"))),
        output_field=FloatField(),
    )
    near = (
        Report.objects.filter(
            category=OuterRef("category"),
            submitted_at__gte=now - WITHIN,
            lat__range=(OuterRef("lat") - tall, OuterRef("lat") + tall),
        )
        .exclude(status__in=LEFT_OUT)
        .exclude(channel=Report.Channel.INTERNAL)
        .alias(north=north, east=east)
        .annotate(apart=F("north") * F("north") + F("east") * F("east"))
        .filter(apart__lte=RADIUS_M**2)
    )
    counted = near.order_by().values("category").annotate(count=Count("pk")).values("count")
    return Subquery(counted, output_field=IntegerField())


@transaction.atomic
def prevent(
    *, category: Category, reports: Sequence[Report], by: Member, key: UUID, now: datetime
) -> Report:
    """Make an internal task that puts an end to a hot spot; the same key again finds the first.

    It is a report like another, never published, with the references of those it is about.

    Raises:
        NotReportable: the category is not in use any more.
    """
    known = Report.objects.filter(idempotency_key=key).first()
    if known is not None:
        return known
    first = reports[0]
    count = len(reports)
    words = ngettext(
        "Point noir : %(count)s signalement du même genre en 90 jours. Chercher la cause.",
        "Point noir : %(count)s signalements du même genre en 90 jours. Chercher la cause.",
        count,
    ) % {"count": count}
    made, token = receive(
        category=category,
        text=words,
        place=first.place,
        address=first.address or _("voir la carte"),
        channel=Report.Channel.INTERNAL,
        now=now,
        idempotency_key=key,
        road_class=first.road_class,
        by=by,
    )
    if not token:  # the same button, pressed at the same moment
        return made
    made.visibility = Report.Visibility.PRIVATE
    made.save(update_fields=["visibility"])
    references = ", ".join(each.reference for each in reports)
    desk.note(report=made, text=references, by=by, now=now)
    return made
