"""The end of who came to a training: how many came, and what they thought in numbers, stay."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from parvis.erasing import BATCH, Spans, Step
from training.models import Attendance, Commitment, Reply, SurveyReply, TrainingSession


NOBODY = "–"


def _over(kept: Spans, now: datetime) -> QuerySet[TrainingSession]:
    """Select the sessions that ended long enough ago and still name somebody."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s - %s::interval", [now, kept["training"]])
        before = cursor.fetchone()[0]
    here = {"session": OuterRef("pk")}
    named = (
        Exists(Attendance.objects.filter(**here).exclude(name=NOBODY))
        | Exists(Reply.objects.filter(**here))
        | Exists(Commitment.objects.filter(**here).exclude(who=NOBODY))
        | Exists(SurveyReply.objects.filter(**here).exclude(verbatim=""))
    )
    return TrainingSession.objects.filter(named, ends_at__lte=before).order_by("pk")


@transaction.atomic
def _forget(kept: Spans, now: datetime) -> int:
    over = list(_over(kept, now).values_list("pk", flat=True)[:BATCH])
    if not over:
        return 0
    Reply.objects.filter(session__in=over).delete()
    Attendance.objects.filter(session__in=over).update(
        user=None,
        name=NOBODY,
        email=Concat(
            Value("place-"), Cast("pk", CharField()), Value("@efface.invalid"),
            output_field=CharField(),
        ),
        accessibility="",
        wants_lunch=False,
        carpool="none",
        carpool_from="",
    )  # fmt: skip
    Commitment.objects.filter(session__in=over).update(who=NOBODY, done_by_name="")
    SurveyReply.objects.filter(session__in=over).update(verbatim="")
    with connection.cursor() as cursor:
        cursor.execute("SELECT training_forget_drawings(%s)", [over])
    return len(over)


ONCE = (Step("training", lambda kept, now: _over(kept, now).count(), _forget),)
