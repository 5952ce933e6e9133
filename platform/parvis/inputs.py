"""What forms of several apps ask in the same way: a day, a period."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy


MOST_DAYS = 731


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PeriodForm(forms.Form):
    """From which day to which; without, the last ``usual_days``."""

    usual_days = 30
    du = forms.DateField(
        label=gettext_lazy("Du"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=DayInput(),
    )
    au = forms.DateField(
        label=gettext_lazy("Au"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=DayInput(),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        """Complete what is missing, and refuse what cannot be counted."""
        known = super().clean() or {}
        last = known.get("au") or self.today
        first = known.get("du") or first_of(last, days=self.usual_days)
        if first > last:
            raise ValidationError(_("La période finit avant de commencer."))
        if (last - first).days >= MOST_DAYS:
            raise ValidationError(_("Choisissez une période de deux ans au plus."))
        if last == date.max:
            raise ValidationError(_("Cette période n’existe pas."))
        return known | {"du": first, "au": last}


def first_of(last: date, *, days: int) -> date:
    """Return the first of so many days, of which ``last`` is one; calendars begin in year 1."""
    return last - timedelta(days=min(days, last.toordinal()) - 1)
