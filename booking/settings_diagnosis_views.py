"""Why nobody can book: each of the next days, with its reason and where to change it."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from booking import planning
from booking.diagnosis import Reason
from booking.models import Service
from booking.settings_forms import bound
from booking.settings_pages import manages, show
from booking.settings_services_forms import MOST_PERSONS
from parvis.typo import heure


DAYS = 30
REMEDIES: dict[Reason, tuple[str, object]] = {
    Reason.CLOSURE: ("closures", gettext_lazy("Voir les fermetures")),
    Reason.NO_OPENING: ("hours", gettext_lazy("Ajouter une plage")),
    Reason.SCHOOL: ("hours", gettext_lazy("Voir les horaires")),
    Reason.CANCELLED: ("hours", gettext_lazy("Voir les jours modifiés")),
    Reason.OPENING_TOO_SHORT: ("hours", gettext_lazy("Voir les horaires")),
    Reason.NOT_RELEASED: ("hours", gettext_lazy("Voir les horaires")),
    Reason.RESIDENTS: ("hours", gettext_lazy("Voir les horaires")),
    Reason.QUOTA: ("hours", gettext_lazy("Voir les horaires")),
    Reason.MISSING: ("resources", gettext_lazy("Voir les guichets et agents")),
    Reason.FULL: ("hours", gettext_lazy("Ajouter une plage")),
    Reason.TOO_SHORT: ("hours", gettext_lazy("Voir les horaires")),
}
OF_THE_SERVICE = {Reason.NOT_OFFERED, Reason.BEYOND_HORIZON, Reason.NOTICE}


class QuestionForm(forms.Form):
    """For which service and how many persons."""

    demarche = forms.ModelChoiceField(
        Service.objects.none(),
        label=gettext_lazy("Démarche"),
        to_field_name="slug",
        empty_label=None,
    )
    personnes = forms.IntegerField(label=gettext_lazy("Personnes"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        services = Service.objects.order_by("position", "name", "pk")
        self.fields["demarche"].queryset = services  # type: ignore[attr-defined]
        bound(self.fields["personnes"], least=1, most=MOST_PERSONS)

    def clean(self) -> dict[str, Any]:
        """Refuse more persons than the service receives together."""
        cleaned = super().clean() or {}
        service, persons = cleaned.get("demarche"), cleaned.get("personnes")
        if service and persons and persons > service.most_persons:
            most = {"most": service.most_persons}
            self.add_error("personnes", _("Cette démarche reçoit %(most)s au plus.") % most)
        return cleaned


@require_safe
@manages
def diagnosis(request: HttpRequest) -> HttpResponse:
    """Say of each of the next thirty days what can be booked online, or why nothing can."""
    now = timezone.now()
    first = Service.objects.offered().first() or Service.objects.first()
    usual = {"demarche": first.slug if first else "", "personnes": "1"}
    form = QuestionForm({**usual, **request.GET.dict()})
    rows = []
    if form.is_valid():
        rows = _rows(form.cleaned_data["demarche"], form.cleaned_data["personnes"], now=now)
    page = {
        "rows": rows,
        "bookable": sum(row["count"] > 0 for row in rows),
        "here": reverse("booking:agent:settings:diagnosis"),
        "has_services": first is not None,
    }
    return show(request, "diagnosis", page, form=form)


def bookable_days(now: datetime) -> str:
    """Say of the first service on how many of the next days it can be booked online."""
    service = Service.objects.offered_online().first()
    if service is None:
        return _("Aucune démarche en ligne")
    days = planning.explain(
        service=service, persons=1, first=planning.local_day(now), days=DAYS, now=now
    )
    count = sum(day.count > 0 for day in days)
    said = ngettext(
        "%(name)s : réservable %(n)s jour sur %(days)s",
        "%(name)s : réservable %(n)s jours sur %(days)s",
        count,
    )
    return said % {"name": service.name, "n": count, "days": DAYS}


def _rows(service: Service, persons: int, *, now: datetime) -> list[dict[str, Any]]:
    found = planning.explain(
        service=service, persons=persons, first=planning.local_day(now), days=DAYS, now=now
    )
    return [
        {
            "date": day.date,
            "count": day.count,
            "words": _free(day.count, day.first) if day.count else day.words,
            "remedy": _remedy(day.reason, service),
        }
        for day in found
    ]


def _free(count: int, first: datetime | None) -> str:
    said = ngettext("%(n)s créneau libre", "%(n)s créneaux libres", count) % {"n": count}
    return _("%(said)s, le premier à %(time)s") % {
        "said": said,
        "time": heure(first) if first else "",
    }


def _remedy(reason: Reason | None, service: Service) -> dict[str, Any] | None:
    """Return where the reason of a day can be changed; public holidays and the past cannot."""
    if reason in OF_THE_SERVICE:
        href = reverse("booking:agent:settings:change_service", args=[service.pk])
        return {"href": href, "label": _("Voir la démarche")}
    if reason not in REMEDIES:
        return None
    name, label = REMEDIES[reason]
    return {"href": reverse(f"booking:agent:settings:{name}"), "label": label}
