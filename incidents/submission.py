"""A citizen sends her form: the report and its photos are kept together, or not at all.

Only a full disk parts them: the report is kept, and what was lost is said.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid5

from django.db import transaction

from incidents import actions, photos
from incidents.geo import Place, distance_m
from incidents.models import Asset, Category, Photo, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a form says."""

    key: UUID
    category: Category
    text: str
    address: str
    place: Place | None
    email: str = ""
    phone: str = ""
    language: str = "fr"
    asset: Asset | None = None
    praises: Report | None = None
    captured_at: datetime | None = None


class Sent(NamedTuple):
    """What became of it: the report, the secret of its link if it is new, the photos lost."""

    report: Report
    token: str
    lost: list[str]


FARTHER_M = 30  # than this, it is another place


def is_known(said: Said) -> bool:
    """Tell whether this very form has been received: sent again, it makes no other report."""
    return Report.objects.filter(idempotency_key=_key_of(said)).exists()


@transaction.atomic
def submit(said: Said, contents: list[bytes], *, now: datetime) -> Sent:
    """Receive what was said, with its photos; a photo that cannot be kept loses no report.

    The same form sent again is the first report. A page of before, filled in anew (the back
    button of a browser), has an old key but says something else: it is another report.

    Raises:
        NotReportable: the category is not for citizens.
        Nowhere: a problem without any place.
    """
    report, token = actions.receive(
        category=said.category,
        text=said.text,
        place=said.place,
        address=said.address,
        channel=Report.Channel.STICKER if said.asset else Report.Channel.WEB,
        now=now,
        idempotency_key=_key_of(said),
        email=said.email,
        phone=said.phone,
        language=said.language,
        asset=said.asset,
        praises=said.praises,
        captured_at=said.captured_at,
    )
    lost = []
    for content in contents if token else []:
        try:
            photos.add(report=report, content=content, stage=Photo.Stage.BEFORE, now=now)
        except photos.NotKept as refusal:
            lost.append(str(refusal))
    return Sent(report, token, lost)


def _key_of(said: Said) -> UUID:
    """Return the key of a form, of its own when it says something else than the first one."""
    first = Report.objects.filter(idempotency_key=said.key).first()
    if first is None or not _is_another(said, first):
        return said.key
    return uuid5(said.key, f"{said.category.code}\n{said.text}\n{said.address}\n{said.place}")


def _is_another(said: Said, first: Report) -> bool:
    """Tell whether a form says something else than the report that its key made."""
    words = (first.category_id, first.text, first.address)
    if words != (said.category.pk, said.text, said.address):
        return True
    if said.place is None or first.place is None:
        return False
    return distance_m(said.place, first.place) > FARTHER_M
