"""The subsidy of each commune: what it entered, what that is worth, what it lacks."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from adoption import dts
from adoption.dts import Subsidy
from adoption.models import DtsMonth, DtsYear
from exchange.sniff import Table
from parvis.charts import figure
from parvis.errors import DomainError
from tenants.models import Commune


MOST = 100_000


class RowRefused(DomainError):
    """A row of the file cannot be read; nothing of the file is kept."""

    def __init__(self, number: int, words: str) -> None:
        super().__init__()
        self.message = _("Ligne %(n)s : %(words)s") % {"n": number, "words": words}


class MonthToCome(DomainError):
    """Nobody knows the requests of a month that has not begun."""

    message = gettext_lazy("Ce mois n’a pas encore commencé.")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one commune is in one year."""

    commune: Commune
    year: int
    stations: int
    connected: int
    months: dict[date, DtsMonth]
    now: Subsidy
    """If nothing else came until the end of the year."""
    expected: Subsidy
    """If each month to come were the mean of those entered."""
    rules_year: int

    @property
    def requests(self) -> int:
        """The requests entered."""
        return sum(each.requests for each in self.months.values())

    @property
    def certifications(self) -> int:
        """The certifications entered."""
        return sum(each.certifications for each in self.months.values())

    @property
    def words(self) -> str:
        """What is lacking, in a sentence."""
        return lacking(self.now)


def lacking(subsidy: Subsidy) -> str:
    """Say how many requests lead to the next step."""
    if not subsidy.missing:
        return _("Le dernier seuil est atteint.")
    return ngettext(
        "Il vous manque %(n)s demande pour atteindre le seuil de %(step)s.",
        "Il vous manque %(n)s demandes pour atteindre le seuil de %(step)s.",
        subsidy.missing,
    ) % {"n": figure(subsidy.missing), "step": figure(subsidy.next_threshold)}


def standings(communes: Collection[Commune], *, year: int) -> list[Standing]:
    """Tell where communes are in a year; two queries."""
    years = {
        each.commune_id: each for each in DtsYear.objects.filter(commune__in=communes, year=year)
    }
    months: dict[int, dict[date, DtsMonth]] = {}
    for row in DtsMonth.objects.filter(commune__in=communes, month__year=year):
        months.setdefault(row.commune_id, {})[row.month] = row
    return [
        _standing(commune, year, years.get(commune.pk), months.get(commune.pk, {}))
        for commune in communes
    ]


def standing(commune: Commune, *, year: int) -> Standing:
    """Tell where one commune is in a year; two queries."""
    return standings([commune], year=year)[0]


@transaction.atomic
def enter_month(
    *, commune: Commune, month: date, requests: int, certifications: int, now: datetime
) -> DtsMonth:
    """Write the requests of one month, in place of what was there.

    Raises:
        MonthToCome: the month has not begun.
    """
    _check_begun(month, now=now)
    row, _created = DtsMonth.objects.update_or_create(
        commune=commune,
        month=month.replace(day=1),
        defaults={"requests": requests, "certifications": certifications},
    )
    return row


@transaction.atomic
def enter_year(*, commune: Commune, year: int, stations: int, connected: int) -> DtsYear:
    """Write the stations of one year."""
    row, _created = DtsYear.objects.update_or_create(
        commune=commune, year=year, defaults={"stations": stations, "connected": connected}
    )
    return row


@transaction.atomic
def enter_table(*, communes: Collection[Commune], table: Table, now: datetime) -> int:
    """Write the months of a file: INSEE code, month, requests, certifications; all or nothing.

    Raises:
        RowRefused: a row cannot be read, or its commune is not a member.
        MonthToCome: a month has not begun.
    """
    by_code = {commune.insee_code: commune for commune in communes}
    found: dict[tuple[int, date], DtsMonth] = {}
    for number, row in table.rows:
        cells = [*(str(cell).strip() for cell in row), "", "", "", ""]
        commune = by_code.get(cells[0].zfill(5))
        if commune is None:
            raise RowRefused(number, _("cette commune n’est pas membre de l’association."))
        month = _month(number, cells[1])
        _check_begun(month, now=now)
        found[commune.pk, month] = DtsMonth(
            commune=commune,
            month=month,
            requests=_number(number, cells[2]),
            certifications=_number(number, cells[3] or "0"),
        )
    DtsMonth.objects.bulk_create(
        found.values(),
        update_conflicts=True,
        unique_fields=["commune", "month"],
        update_fields=["requests", "certifications"],
    )
    return len(table.rows)


def progress(commune: Commune, *, year: int) -> dict[date, tuple[int, int]]:
    """Return for each month entered the requests since January and the step that comes next."""
    found = standing(commune, year=year)
    last = dts.rules_of(year).steps[-1].threshold
    return {
        month: (
            sum(each.requests for day, each in found.months.items() if day <= month),
            found.now.next_threshold or last,
        )
        for month in found.months
    }


def _standing(
    commune: Commune, year: int, row: DtsYear | None, months: dict[date, DtsMonth]
) -> Standing:
    rules = dts.rules_of(year)
    stations = row.stations if row else commune.station_count
    connected = row.connected if row else 0
    requests = [each.requests for each in months.values()]
    certifications = [each.certifications for each in months.values()]
    return Standing(
        commune=commune,
        year=year,
        stations=stations,
        connected=connected,
        months=months,
        now=dts.simulate(
            requests=sum(requests),
            certifications=sum(certifications),
            stations=stations,
            connected=connected,
            rules=rules,
        ),
        expected=dts.simulate(
            requests=dts.expected(requests),
            certifications=dts.expected(certifications),
            stations=stations,
            connected=connected,
            rules=rules,
        ),
        rules_year=rules.year,
    )


def _check_begun(month: date, *, now: datetime) -> None:
    if month > now.date():
        raise MonthToCome


def _month(number: int, text: str) -> date:
    for written in (f"{text[:7]}-01", f"{text[-4:]}-{text[:2]}-01"):
        try:
            return date.fromisoformat(written)
        except ValueError:
            continue
    raise RowRefused(number, _("le mois s’écrit 2026-11 ou 11/2026."))


def _number(number: int, text: str) -> int:
    plain = text.replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
    if not (plain.isascii() and plain.isdigit()) or len(plain) > 6 or int(plain) > MOST:  # noqa: PLR2004
        raise RowRefused(number, _("le nombre de demandes est un entier."))
    return int(plain)
