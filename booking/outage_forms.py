"""What an agent types when a station, a site or the whole town hall fails."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _, gettext_lazy

from booking import planning
from booking.models import Resource
from booking.settings_closures_forms import ClosureForm


LONGEST = timedelta(days=31)


class OutageForm(ClosureForm):
    """What fails, from when to when, and what the public reads; ``key`` makes it count once."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        today = planning.local_day(now)
        super().__init__(planning.zone(), today, *args, **kwargs)
        self.now = now
        stations = [
            key for key, each in self.resources.items() if each.kind == Resource.Kind.STATION
        ]
        self.initial = {
            "first": today,
            "key": uuid4(),
            "where": next(iter([*stations, *self.resources]), None),
            **self.initial,
        }
        self.fields["where"].label = gettext_lazy("Ce qui est en panne")
        self.fields["reason"].required = True
        self.fields["reason"].help_text = gettext_lazy(
            "Écrite dans le courriel envoyé aux personnes. Par exemple : lecteur d’empreintes "
            "en panne."
        )

    def clean_reason(self) -> str:
        """Leave out the last stop: sentences go on after it."""
        return str(self.cleaned_data["reason"]).rstrip(" .")

    def clean(self) -> dict[str, Any]:
        """Check that it is not over, and no longer than a month."""
        cleaned = super().clean()
        if not self.errors:
            start, end = self.period
            if end <= self.now:
                self.add_error("first", _("Cette panne est déjà finie."))
            elif end - start > LONGEST:
                self.add_error(
                    "last", _("Au-delà d’un mois, changez plutôt les horaires ou les guichets.")
                )
        return cleaned

    @property
    def wish(self) -> dict[str, Any]:
        """What :func:`booking.outages.report` takes."""
        return {
            "period": DateTimeTZRange(*self.period),
            "site": self.site,
            "resource": self.resource,
            "reason": self.cleaned_data["reason"],
            "idempotency_key": self.cleaned_data["key"] or uuid4(),
        }
