"""What a commune may spend on text messages in a month; counted before anything leaves."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from messaging.models import OutgoingText, TextSettings, TextSpending


# One statement decides and counts: two workers never spend the same cent.
COUNT = """
INSERT INTO messaging_textspending AS known (month, spent, messages)
SELECT %(month)s, %(cost)s, 1 WHERE %(cost)s <= %(most)s
ON CONFLICT (month) DO UPDATE SET spent = known.spent + %(cost)s, messages = known.messages + 1
WHERE known.spent + %(cost)s <= %(most)s
"""


@dataclass(frozen=True, slots=True)
class Budget:
    """The budget of a month, in thousandths of a euro."""

    month: date
    most: int
    spent: int
    messages: int

    @property
    def left(self) -> int:
        """What may still be spent."""
        return max(0, self.most - self.spent)

    @property
    def share(self) -> int:
        """How much of it is spent, in hundredths; 100 of none."""
        return min(100, self.spent * 100 // self.most) if self.most else 100


def text_settings() -> TextSettings:
    """Return what the commune decided; everything off where it has not."""
    return TextSettings.objects.filter(pk=1).first() or TextSettings(pk=1)


def budget(*, now: datetime) -> Budget:
    """Return the budget of the present month; two queries."""
    month = _month(now)
    known = TextSpending.objects.filter(month=month).first() or TextSpending(month=month)
    return Budget(month, text_settings().monthly_budget, known.spent, known.messages)


@transaction.atomic
def count(text: OutgoingText, *, most: int, now: datetime) -> bool:
    """Count a text in the budget, once; tell whether there is enough for it."""
    if text.counted_on:
        return True
    month = _month(now)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"month": month, "cost": text.cost, "most": most})
        if not cursor.rowcount:
            return False
    text.counted_on = month
    text.save(update_fields=["counted_on"])
    return True


@transaction.atomic
def give_back(text: OutgoingText) -> None:
    """Take a text that certainly did not leave out of the budget."""
    if text.counted_on is None:
        return
    TextSpending.objects.filter(month=text.counted_on).update(
        spent=F("spent") - text.cost, messages=F("messages") - 1
    )
    text.counted_on = None
    text.save(update_fields=["counted_on"])


def _month(now: datetime) -> date:
    return timezone.localdate(now).replace(day=1)
