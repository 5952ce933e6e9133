"""The titles that wait at the counter: their arrival, who is told, the days that are left."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from booking import access, planning, titles
from booking.arrivals import Arrival, Flaw, read_lines
from booking.models import Appointment, Title
from booking.models.reception import TitleQuerySet
from booking.staff_pages import after, just_done, reads_the_day, receives_people
from booking.title_forms import ArrivalForm
from booking.titles import Doubt, Proposed
from identity import visits
from identity.access import member_of
from parvis.exports import to_csv
from parvis.pieces import Tab
from parvis.templatetags.ui_words import date_heure


LIST = "booking:agent:titles"
LEFT = "titles_left"  # in the session: lines that were not registered
PER_PAGE = 50
SEARCH_MOST = 100
FILTERS: dict[str, Promise] = {
    "": gettext_lazy("En attente"),
    "a-prevenir": gettext_lazy("À prévenir"),
    "a-appeler": gettext_lazy("À appeler"),
    "prevenus": gettext_lazy("Prévenus"),
    "rendez-vous": gettext_lazy("Avec rendez-vous"),
    "en-retard": gettext_lazy("80 jours et plus"),
    "remis": gettext_lazy("Remis"),
    "detruits": gettext_lazy("Détruits"),
}
REASONS: dict[str, Promise] = {
    Flaw.NUMBER: gettext_lazy("le numéro manque ou n’a pas la bonne forme"),
    Flaw.TWICE: gettext_lazy("déjà dans cette liste"),
    Flaw.TOO_LONG: gettext_lazy("un nom ou un courriel est trop long"),
    Flaw.TOO_MANY: gettext_lazy("plus de 500 lignes : continuez en plusieurs fois"),
    Doubt.KNOWN: gettext_lazy("déjà enregistré"),
    Doubt.UNREACHABLE: gettext_lazy(
        "aucun dépôt connu avec ce numéro : ajoutez le titulaire et un courriel ou un téléphone"
    ),
}
HEADER = (
    gettext_lazy("Numéro"),
    gettext_lazy("Titre"),
    gettext_lazy("Titulaire"),
    gettext_lazy("Courriel"),
    gettext_lazy("Téléphone"),
    gettext_lazy("Station"),
    gettext_lazy("Arrivé le"),
    gettext_lazy("À retirer jusqu’au"),
    gettext_lazy("État"),
)


@require_safe
@reads_the_day
def listed(request: HttpRequest) -> HttpResponse:
    """List the titles with the days they have left."""
    today = planning.local_day(timezone.now())
    chosen = _chosen(request)
    words = request.GET.get("q", "").replace("\x00", "").strip()[:SEARCH_MOST]
    found = _narrowed(chosen, today=today, words=words)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "tabs": _tabs(chosen, today),
        "rows": [_row(each, today) for each in page],
        "page_obj": page,
        "words": words,
        "chosen": chosen,
        "untold": Title.objects.to_tell().exclude(email="").count(),
        "may_book": access.may_book(member_of(request)),
        "undo": just_done(request),
        "export": f"{reverse('booking:agent:titles_csv')}?etat={chosen}",
    }
    return render(request, "booking/titles/list.html", context)


@require_safe
@reads_the_day
def export(request: HttpRequest) -> HttpResponse:
    """Give the list as a table to take away."""
    now = timezone.now()
    visits.count_export(request, now=now)
    today = planning.local_day(now)
    rows = (
        (
            title.number,
            title.get_kind_display(),
            title.holder,
            title.email,
            title.phone,
            title.station.name if title.station else "",
            title.arrived_on.isoformat(),
            title.last_day.isoformat(),
            str(_state(title, today)[0]),
        )
        for title in _narrowed(_chosen(request), today=today, words="")
    )
    content = to_csv([str(each) for each in HEADER], rows)
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="titres-{today.isoformat()}.csv"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@receives_people
def arrive(request: HttpRequest) -> HttpResponse:
    """Take in titles by scan, paste or file: add to the list, check it, then register."""
    today = planning.local_day(timezone.now())
    if request.method != "POST":
        left = request.session.pop(LEFT, "")
        return _arrival_page(request, _fresh(today, lines=left), has_left=bool(left))
    form = ArrivalForm(request.POST, request.FILES, today=today)
    if not form.is_valid():
        return _arrival_page(request, form, status=422)
    if "check" not in request.POST and "register" not in request.POST:
        return _arrival_page(request, _fresh(today, lines=form.text, like=form))
    read, unread = read_lines(form.text)
    proposed, doubts = titles.match(
        read, kind=form.cleaned_data["kind"], station=form.cleaned_data["station"]
    )
    wrong = [(each.line, REASONS[each.flaw]) for each in unread]
    wrong += [(each.line, REASONS[doubt]) for each, doubt in doubts]
    left = "\n".join(line for line, _reason in wrong)
    if "register" in request.POST and proposed:
        return _register(request, proposed, arrived_on=form.cleaned_data["arrived_on"], left=left)
    shown = _fresh(today, lines=form.text, like=form)
    return _arrival_page(
        request, shown, proposed=[_preview(each) for each in proposed], wrong=wrong, checked=True
    )


@require_POST
@receives_people
def tell(request: HttpRequest) -> HttpResponse:
    """Write to all holders who do not know yet."""
    told = titles.tell_holders(now=timezone.now())
    if not told:
        messages.info(request, _("Tous les titulaires qui ont un courriel sont déjà prévenus."))
        return redirect(LIST)
    messages.success(
        request,
        ngettext(
            "%(n)s titre : son titulaire est prévenu par courriel.",
            "%(n)s titres : les titulaires sont prévenus par courriel.",
            told,
        )
        % {"n": told},
    )
    return redirect(LIST)


@require_safe
@reads_the_day
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one title with what can be done about it."""
    found = Title.objects.select_related("station", "collection", "participant__appointment")
    title = get_object_or_404(found, pk=pk)
    today = planning.local_day(timezone.now())
    context = {
        **_row(title, today),
        "may_book": access.may_book(member_of(request)),
        "is_over": title.collected_on is not None or title.destroyed_on is not None,
        "is_honoured": title.collection is not None
        and title.collection.status == Appointment.Status.HONOURED,
        "deposit": title.participant.appointment if title.participant else None,
        "undo": just_done(request),
    }
    return render(request, "booking/titles/one.html", context)


@require_POST
@receives_people
def note(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Note that a title was handed over or destroyed, that its holder was phoned, or take back."""
    title = get_object_or_404(Title, pk=pk)
    now = timezone.now()
    today = planning.local_day(now)
    acts = {
        "remise": lambda: titles.mark_collected(title=title, day=today),
        "destruction": lambda: titles.mark_destroyed(title=title, day=today),
        "appel": lambda: titles.note_told(title=title, now=now),
        "retour": lambda: titles.put_back(title=title),
    }
    done = {
        "remise": _("%(holder)s : titre remis."),
        "destruction": _("%(holder)s : titre noté comme détruit."),
        "appel": _("%(holder)s : titulaire prévenu par téléphone."),
        "retour": _("%(holder)s : le titre attend de nouveau."),
    }
    way_back = reverse("booking:agent:title_note", args=[pk, "retour"])
    return after(
        request,
        acts[what],
        to=reverse("booking:agent:title", args=[pk]),
        done=done[what] % {"holder": title.holder},
        way_back=way_back if what in {"remise", "destruction"} else "",
    )


def _register(
    request: HttpRequest, proposed: list[Proposed], *, arrived_on: date, left: str
) -> HttpResponse:
    count = titles.register(proposed=proposed, arrived_on=arrived_on)
    messages.success(
        request,
        ngettext("%(n)s titre enregistré.", "%(n)s titres enregistrés.", count) % {"n": count},
    )
    if left:
        request.session[LEFT] = left
        return redirect("booking:agent:titles_arrive")
    return redirect(LIST)


def _fresh(today: date, *, lines: str, like: ArrivalForm | None = None) -> ArrivalForm:
    """Draw the form again with all lines in its box and its other answers kept."""
    kept = like.cleaned_data if like is not None else {"arrived_on": today}
    initial = {name: kept.get(name) for name in ("kind", "station", "arrived_on")}
    initial = {name: value for name, value in initial.items() if value} | {"lines": lines}
    return ArrivalForm(initial=initial, today=today)


def _arrival_page(
    request: HttpRequest, form: ArrivalForm, *, status: int = 200, **context: Any
) -> HttpResponse:
    lines = form.text if form.is_bound else str(form.initial.get("lines", ""))
    count = sum(bool(line.strip()) for line in lines.splitlines())
    context |= {"form": form, "count": count, "stations": form.fields["station"].queryset.count()}  # type: ignore[attr-defined]
    return render(request, "booking/titles/arrive.html", context, status=status)


def _preview(each: Proposed) -> dict[str, Any]:
    arrival: Arrival = each.arrival
    return {
        "number": arrival.number,
        "kind": Title.Kind(each.kind).label,
        "holder": each.holder,
        "way": each.email or each.phone,
        "station": each.station.name if each.station else "",
        "is_known": each.deposit is not None,
    }


def _chosen(request: HttpRequest) -> str:
    chosen = request.GET.get("etat", "")
    return chosen if chosen in FILTERS else ""


def _filtered(chosen: str, today: date) -> TitleQuerySet:
    every: TitleQuerySet = Title.objects.all()
    lists: dict[str, Callable[[], TitleQuerySet]] = {
        "": every.waiting,
        "a-prevenir": every.to_tell,
        "a-appeler": lambda: every.to_call(today),
        "prevenus": lambda: every.without_appointment().filter(told_at__isnull=False),
        "rendez-vous": every.with_appointment,
        "en-retard": lambda: every.late(today),
        "remis": every.collected,
        "detruits": lambda: every.filter(destroyed_on__isnull=False),
    }
    return lists[chosen]()


def _narrowed(chosen: str, *, today: date, words: str) -> TitleQuerySet:
    found = _filtered(chosen, today)
    if words:
        number = words.replace(" ", "").replace("-", "")
        found = found.filter(
            Q(holder__icontains=words)
            | Q(number__icontains=number)
            | Q(email__icontains=words)
            | Q(phone__contains=number)
        )
    return found.select_related("station", "collection").order_by("arrived_on", "pk")


def _tabs(chosen: str, today: date) -> list[Tab]:
    return [
        Tab(
            label=str(label),
            href=f"{reverse(LIST)}?etat={name}" if name else reverse(LIST),
            current=name == chosen,
            count=_filtered(name, today).count(),
        )
        for name, label in FILTERS.items()
    ]


def _row(title: Title, today: date) -> dict[str, Any]:
    label, tone = _state(title, today)
    age = (today - title.arrived_on).days
    return {
        "title": title,
        "label": label,
        "tone": tone,
        "age": ngettext("%(n)s jour", "%(n)s jours", age) % {"n": age},
        "href": reverse("booking:agent:title", args=[title.pk]),
    }


def _state(title: Title, today: date) -> tuple[str, str]:
    """Say where a title is in its life, with the tone of its badge."""
    visit = title.collection
    if title.destroyed_on:
        return _("Détruit"), "neutral"
    if title.collected_on or (visit and visit.status == Appointment.Status.HONOURED):
        return _("Remis"), "success"
    if visit is not None and visit.status == Appointment.Status.BOOKED:
        when = date_heure(visit.start.astimezone(planning.zone()))
        return _("Rendez-vous %(when)s") % {"when": when}, "success"
    return _waits(title, today)


def _waits(title: Title, today: date) -> tuple[str, str]:
    if today > title.last_day:
        return _("À détruire"), "danger"
    if (today - title.arrived_on).days >= titles.LAST_CALL_DAYS:
        return _("80 jours : à appeler"), "danger"
    if title.told_at:
        return _("Prévenu"), "info"
    return (_("À prévenir"), "warning") if title.email else (_("À appeler"), "warning")
