"""The monthly letter: four figures, a sentence, one thing to do; written, kept, sent."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext as _, ngettext

from adoption import reading, subsidy
from adoption.comparison_words import PRACTICES
from adoption.definitions import DEFINITIONS
from adoption.models import Benchmark, MonthlyReport, Preferences
from adoption.reading import NOTHING
from messaging.twin import look
from onboarding.stages import Module
from parvis.mail import FACT, LANGUAGE, signed
from parvis.typo import date_pleine
from tenants.hosts import absolute_url
from tenants.models import Association, Commune
from training.models import TrainingSession


SENT_FROM = 6  # of the month after, once it is closed
SHOWN = 4
WANTED = (
    *("online_share", "first_slot_days", "no_show_rate", "inc_close_d", "dossier_complete"),
    *("inc_sla", "fill_rate", "staff_active"),
)
TOO_MANY_UNMARKED = 0.2
LONG_WAIT = 30  # days


@transaction.atomic
def write(*, association: Association, month: date, now: datetime) -> list[MonthlyReport]:
    """Write the letters of a month that are not written yet, in French; a few queries."""
    communes = reading.live(association, Module.BOOKING)
    known = set(
        MonthlyReport.objects.filter(commune__in=communes, month=month).values_list(
            "commune", flat=True
        )
    )
    left = [commune for commune in communes if commune.pk not in known]
    with translation.override(settings.LANGUAGE_CODE):
        written = [
            MonthlyReport(commune=commune, month=month, facts=facts, written_at=now)
            for commune, facts in facts_of(left, month=month, now=now, association=association)
        ]
    return MonthlyReport.objects.bulk_create(written)


@transaction.atomic
def send(*, report: MonthlyReport, now: datetime, again: bool = False) -> bool:
    """Send a letter to the town hall, unless it has no address or wants none.

    ``again`` sends a second time what somebody asks for. Returns whether it was sent.
    """
    report = MonthlyReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    commune = report.commune
    wishes = Preferences.objects.filter(commune=commune).first()
    if not commune.email or (wishes and not wishes.is_mailed) or (report.sent_at and not again):
        return False
    _message(report, commune, fact=f"{now:%Y%m%d%H%M}" if again else "first").send()
    report.sent_to, report.sent_at = commune.email, now
    report.save(update_fields=["sent_to", "sent_at"])
    return True


def send_all(*, association: Association, month: date, now: datetime) -> int:
    """Send the letters of a month that nobody was sent; count them."""
    waiting = MonthlyReport.objects.filter(
        commune__association=association, month=month, sent_at=None
    )
    return sum(send(report=report, now=now) for report in waiting)


def facts_of(
    communes: Collection[Commune], *, month: date, now: datetime, association: Association
) -> list[tuple[Commune, dict[str, Any]]]:
    """Say what each letter says, in the active language; five queries for all of them."""
    before = reading.month_before(month)
    keys = [commune.pk for commune in communes]
    codes = (*WANTED, "unmarked_share", "inc_silent", "inc_due_soon")
    rows = reading.by_month(keys, codes, first=before, last=month)
    peers = {
        (each.commune_id, each.code): each
        for each in Benchmark.objects.filter(commune__in=keys, month=month)
    }
    session = next_session(association, now=now)
    standings = {each.commune.pk: each for each in subsidy.standings(communes, year=month.year)}
    return [
        (
            commune,
            {
                "title": month_name(month),
                "figures": _figures(commune.pk, rows, peers, month=month, before=before),
                "sentence": _sentence(commune.pk, rows, peers, month),
                "todo": _todo(commune.pk, rows, peers, month),
                "training": session,
                "near": _near(rows.get((commune.pk, "inc_due_soon", month), NOTHING)[0]),
                "subsidy": standings[commune.pk].words if standings[commune.pk].months else "",
            },
        )
        for commune in communes
    ]


def as_seen(report: MonthlyReport) -> dict[str, Any]:
    """Say what the team may read of a letter: not the figures that published lists hide."""
    before = reading.month_before(report.month)
    seen = reading.seen_of(report.commune, WANTED, first=before, last=report.month)

    def said(words: str, code: str, month: date) -> str:
        is_seen = seen.get((report.commune_id, code, month), NOTHING) != NOTHING
        return words if is_seen else "–"

    return {
        **report.facts,
        "near": "",
        "sentence": said(report.facts["sentence"], "online_share", report.month),
        "figures": [
            {
                **each,
                "value": said(each["value"], each["code"], report.month),
                "before": said(each["before"], each["code"], before),
            }
            for each in report.facts["figures"]
        ],
    }


def month_name(month: date) -> str:
    """Name a month: "novembre 2026"."""
    return date_format(month, "F Y")


def next_session(association: Association, *, now: datetime) -> str:
    """Name the next training and its day; nothing when there is none."""
    session = (
        TrainingSession.objects.open()
        .filter(association=association, starts_at__gt=now)
        .order_by("starts_at")
        .first()
    )
    if session is None:
        return ""
    day = date_pleine(session.starts_at, get_language() or "fr")
    return _("%(title)s, le %(day)s") % {"title": session.title, "day": day}


Rows = dict[tuple[int, str, date], tuple[int, int]]
Peers = dict[tuple[int, str], Benchmark]


def _figures(
    pk: int, rows: Rows, peers: Peers, *, month: date, before: date
) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for code in WANTED:
        definition = DEFINITIONS[code]
        value = definition.value(*rows.get((pk, code, month), NOTHING))
        if value is None or len(found) == SHOWN:
            continue
        earlier = definition.value(*rows.get((pk, code, before), NOTHING))
        peer = peers.get((pk, code))
        found.append(
            {
                "code": code,
                "name": str(definition.name),
                "value": definition.said(value),
                "before": definition.said(earlier) if earlier is not None else "–",
                "middle": definition.said(peer.middle) if peer else "–",
            }
        )
    return found


def _sentence(pk: int, rows: Rows, peers: Peers, month: date) -> str:
    definition = DEFINITIONS["online_share"]
    value = definition.value(*rows.get((pk, "online_share", month), NOTHING))
    if value is None:
        return _("Trop peu de rendez-vous ce mois-ci pour une comparaison.")
    said = {"share": definition.said(value)}
    peer = peers.get((pk, "online_share"))
    if peer is None:
        return _("%(share)s de vos rendez-vous sont pris en ligne.") % said
    return _(
        "%(share)s de vos rendez-vous sont pris en ligne ; la médiane des communes comparables est"
        " %(middle)s."
    ) % {**said, "middle": definition.said(peer.middle)}


def _todo(pk: int, rows: Rows, peers: Peers, month: date) -> str:
    def value(code: str) -> float | None:
        return DEFINITIONS[code].value(*rows.get((pk, code, month), NOTHING))

    if (value("unmarked_share") or 0) > TOO_MANY_UNMARKED:
        return _(
            "Marquez chaque rendez-vous reçu ou absent : plus d’un sur cinq est resté sans marque,"
            " et le taux d’absence n’est pas sûr."
        )
    if rows.get((pk, "inc_silent", month), NOTHING)[0]:
        return _("Répondez aux signalements ouverts depuis plus d’une semaine, même en une ligne.")
    if (value("first_slot_days") or 0) > LONG_WAIT:
        return _(
            "Le premier créneau est à plus d’un mois : ouvrez une demi-journée de plus, ou"
            " proposez une liste d’attente."
        )
    for code in WANTED:
        peer = peers.get((pk, code))
        if peer and peer.practice:
            return _("Ce que font les communes comparables les mieux placées : %(practice)s.") % {
                "practice": PRACTICES[peer.practice]
            }
    return _("Rien ne presse : continuez ainsi.")


def _near(count: int) -> str:
    if not count:
        return ""
    words = ngettext(
        "%(n)s signalement arrive à la date promise sous trois jours.",
        "%(n)s signalements arrivent à la date promise sous trois jours.",
        count,
    )
    return words % {"n": count}


def address(report: MonthlyReport) -> str:
    """Return where the commune reads the letter on its own site."""
    return absolute_url(
        report.commune, f"/agent/commune/chiffres/lettres/{report.month.isoformat()}/"
    )


def _message(report: MonthlyReport, commune: Commune, *, fact: str) -> EmailMultiAlternatives:
    with translation.override(settings.LANGUAGE_CODE):
        context = {
            "commune": commune,
            "facts": report.facts,
            "url": address(report),
            "choice": absolute_url(commune, "/agent/commune/chiffres/"),
            "language": settings.LANGUAGE_CODE,
        }
        name = "adoption/emails/monthly"
        subject = render_to_string(f"{name}_subject.txt", context, using="text")
        message = EmailMultiAlternatives(
            subject=" ".join(subject.strip().splitlines()),
            body=render_to_string(f"{name}.txt", context, using="text"),
            to=[commune.email],
            headers={
                FACT: f"adoption:monthly:{report.pk}:{fact}",
                LANGUAGE: settings.LANGUAGE_CODE,
                **signed(commune.association_id),
            },
        )
        by = look(commune.association_id)
        worn = {"subject": message.subject, "name": by.name, "colours": by.colours}
        html = render_to_string(f"{name}.html", context | worn, using="django")
        message.attach_alternative(html, "text/html")
    return message


def last_closed(today: date) -> date:
    """Return the last month whose figures do not move any more."""
    back = 1 if today >= today.replace(day=1) + timedelta(days=SENT_FROM - 1) else 2
    return reading.month_before(today, back)
