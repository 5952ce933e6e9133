"""The end of what browsers asked for: a year after they did, whatever became of it."""

from datetime import datetime

from django.db import connection, transaction

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


STEPS = (Step("push", _count, _erase),)
