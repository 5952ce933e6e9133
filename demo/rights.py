"""What the commune shows of personal data: a week of nights, requests, erasures, a duration."""

from datetime import datetime, timedelta

from django.db import transaction

from privacy.models import Choice, DataRequest, Night
from tenants import ledger
from tenants.models import Erasure


NIGHTS = (
    {"hold": 6, "pre_application": 9, "message_words": 31},
    {"hold": 3, "pre_application": 12},
    {"hold": 8, "pre_application": 11, "hall_ticket": 14},
    {"hold": 2},
    {"hold": 5, "waiting": 1, "pre_application": 7},
    {"hold": 4, "pre_application": 10, "title": 2},
    {"hold": 7, "pre_application": 8, "report_unconfirmed": 1},
)
PHOTOS_MONTHS = 12


@transaction.atomic
def tell(*, by_name: str, now: datetime) -> None:
    """Write it in the active commune."""
    night = now.replace(hour=2, minute=10, second=0, microsecond=0)
    Night.objects.bulk_create(
        Night(at=night - timedelta(days=number), erased=erased)
        for number, erased in enumerate(NIGHTS)
    )
    Choice.objects.create(
        rule="report_photos", number=PHOTOS_MONTHS, by_id=0, by_name=by_name, at=night
    )
    DataRequest.objects.bulk_create(_requests(by_name, now))
    asked = now - timedelta(days=3)
    ledger.note(Erasure.Kind.NUMBER, [f"demo-{n}" for n in range(9)], at=night - timedelta(days=1))
    for kind in (Erasure.Kind.APPOINTMENT, Erasure.Kind.CONTACT):
        ledger.note(kind, [f"demo-{kind}"], at=asked, reason=Erasure.Reason.REQUEST)


def _requests(by_name: str, now: datetime) -> list[DataRequest]:
    kinds = DataRequest.Kind
    return [
        DataRequest(
            kind=kinds.CORRECTION,
            email="jeanne.videau@example.org",
            words="Mon nom de famille s’écrit avec un t à la fin dans vos rappels.",
            asked_at=now - timedelta(days=21),
            reminded=20,
        ),
        DataRequest(
            kind=kinds.OBJECTION,
            email="paul.delmas@example.net",
            words="Je ne souhaite plus recevoir de SMS, le courriel me suffit.",
            asked_at=now - timedelta(days=2),
        ),
        DataRequest(
            kind=kinds.LIMITATION,
            email="rose.marty@example.org",
            words="Gardez mon signalement mais ne l’utilisez pas pendant le litige.",
            asked_at=now - timedelta(days=34),
            answered_at=now - timedelta(days=30),
            answer="C’est fait. Nous vous écrirons avant toute autre utilisation.",
            answered_by=by_name,
        ),
        *(
            DataRequest(
                kind=kind,
                asked_at=now - timedelta(days=days),
                answered_at=now - timedelta(days=days),
            )
            for kind, days in ((kinds.ACCESS, 3), (kinds.ERASURE, 3), (kinds.ACCESS, 12))
        ),
    ]
