"""The end of what browsers asked for, of what readers chose, and of news nobody was told."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import QuerySet

from messaging.models import Gathered, Preference
from parvis.erasing import BATCH, Spans, Step


OVER = "created_at + %(kept)s::interval <= %(now)s"
COUNT = f"SELECT count(*) FROM messaging_pushsubscription WHERE {OVER}"  # noqa: S608 (a constant)
SOME = f"SELECT id FROM messaging_pushsubscription WHERE {OVER} ORDER BY id LIMIT %(most)s"  # noqa: S608 (a constant)
LEAVE = "UPDATE messaging_outgoingpush SET subscription_id = NULL WHERE subscription_id = ANY(%s)"
FORGET = "DELETE FROM messaging_pushsubscription WHERE id = ANY(%s)"


def _count(kept: Spans, now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"kept": kept["push"], "now": now})
        return int(cursor.fetchone()[0])


@transaction.atomic
def _erase(kept: Spans, now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(SOME, {"kept": kept["push"], "now": now, "most": BATCH})
        found = [row[0] for row in cursor.fetchall()]
        cursor.execute(LEAVE, [found])
        cursor.execute(FORGET, [found])
    return len(found)


def _before(kept: Spans, rule: str, now: datetime) -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s - %s::interval", [now, kept[rule]])
        return cursor.fetchone()[0]  # type: ignore[no-any-return]


def _choices(kept: Spans, now: datetime) -> QuerySet[Preference]:
    return Preference.objects.filter(chosen_at__lte=_before(kept, "message_choice", now))


def _news(kept: Spans, now: datetime) -> QuerySet[Gathered]:
    return Gathered.objects.filter(written_at__lte=_before(kept, "message_words", now))


def _count_choices(kept: Spans, now: datetime) -> int:
    return _choices(kept, now).count()


def _erase_choices(kept: Spans, now: datetime) -> int:
    over = list(_choices(kept, now).values_list("pk", flat=True)[:BATCH])
    return Preference.objects.filter(pk__in=over).delete()[0]


def _count_news(kept: Spans, now: datetime) -> int:
    return _news(kept, now).count()


def _erase_news(kept: Spans, now: datetime) -> int:
    over = list(_news(kept, now).values_list("pk", flat=True)[:BATCH])
    return Gathered.objects.filter(pk__in=over).delete()[0]


STEPS = (
    Step("push", _count, _erase),
    Step("message_choice", _count_choices, _erase_choices),
    Step("message_words", _count_news, _erase_news),
)
