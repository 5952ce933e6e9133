"""Every commune of France, as reference data to search in; filled by ``import_communes``."""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models, transaction
from django.db.models import BooleanField, Case, F, Func, Q, Value, When
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from tenants import directory


LONGEST_QUERY = 100
MOST_POSTCODES = 3
ARTICLES = ("", "le ", "la ", "les ", "l ")  # Le Mans answers to "mans" before Mansac
TABLE = "tenants_officialcommune"
INDEX = "official_commune_search"
COLUMNS = (
    *("insee_code", "name", "department", "epci_siren", "epci_name", "siren", "postcodes"),
    *("population", "population_year", "population_source", "longitude", "latitude"),
    *("address", "phone", "email", "website", "hours", "search_key"),
)


@dataclass(frozen=True, slots=True)
class LoadCounts:
    """How many rows a load wrote."""

    added: int
    updated: int
    removed: int


class OfficialCommuneQuerySet(models.QuerySet["OfficialCommune"]):
    """The communes of France, searched and loaded."""

    def search(
        self,
        query: str,
        *,
        within: Collection[str] | None = None,
        near: Collection[str] = (),
        limit: int = 20,
    ) -> "OfficialCommuneQuerySet":
        """Find by beginnings of the name's words in order, by postcode or by INSEE code.

        Accents, hyphens and apostrophes do not count and *st* stands for *saint*. The same name
        or code comes first, then names that begin so; among those the departments nearby, then
        the most inhabited. Nothing is found for an empty, over-long or unreadable query.

        Args:
            query: what somebody typed, of any content.
            within: department codes to stay inside; everywhere when ``None``.
            near: department codes to show first.
            limit: the most communes to return.
        """
        readings = _readings(query)
        if not readings:
            return self.none()
        found = self if within is None else self.filter(department__in=list(within))
        rank = Case(
            When(_any_like(chain.from_iterable(each.wholes for each in readings)), then=Value(0)),
            When(_any_like(chain.from_iterable(each.starts for each in readings)), then=Value(1)),
            default=Value(2),
        )
        far = Case(When(department__in=[*near, ""], then=Value(0)), default=Value(1))
        return found.filter(_any_like(each.anywhere for each in readings)).order_by(
            rank, far, F("population").desc(nulls_last=True), "name", "insee_code"
        )[:limit]

    def load(self, records: Iterable[directory.CommuneRecord]) -> LoadCounts:
        """Make the table equal to the records, writing only what differs, in one transaction."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_statement(CREATE_LOADED))
            with cursor.copy(_statement(COPY_LOADED)) as copy:
                for record in records:
                    copy.write_row(list(_row(record)))
            cursor.execute(_statement(UPSERT))
            added, written = cursor.fetchone()
            cursor.execute(_statement(DELETE_OTHERS))
            removed = cursor.rowcount
            cursor.execute("DROP TABLE loaded_commune")
            if written or removed:
                # Else the first searches would scan what the index has not sorted in yet.
                cursor.execute("SELECT gin_clean_pending_list(%s)", [INDEX])
                cursor.execute(_statement("ANALYZE {table}"))
        return LoadCounts(added=added, updated=written - added, removed=removed)


class OfficialCommune(models.Model):
    """A commune as public data describe it, whether or not it uses Parvis.

    Never a tenant: ``Commune`` is. Longitude and latitude are WGS 84 degrees; ``hours`` are the
    town hall's, in the form of ``directory.Hours``.
    """

    insee_code = models.CharField(_("code INSEE"), max_length=5, primary_key=True)
    name = models.CharField(_("nom"), max_length=100)
    department = models.CharField(_("département"), max_length=3)
    epci_siren = models.CharField(
        _("SIREN de l’intercommunalité"), max_length=9, default="", blank=True
    )
    epci_name = models.CharField(_("intercommunalité"), max_length=200, default="", blank=True)
    siren = models.CharField(_("SIREN"), max_length=9, default="", blank=True)
    postcodes = ArrayField(models.CharField(max_length=5), verbose_name=_("codes postaux"))
    population = models.PositiveIntegerField(_("population"), null=True)
    population_year = models.PositiveSmallIntegerField(_("année de la population"), null=True)
    population_source = models.CharField(_("source"), max_length=80, default="", blank=True)
    longitude = models.FloatField(_("longitude"), null=True)
    latitude = models.FloatField(_("latitude"), null=True)
    address = models.TextField(_("adresse"), default="", blank=True)
    phone = models.TextField(_("téléphone"), default="", blank=True)
    email = models.TextField(_("courriel"), default="", blank=True)
    website = models.TextField(_("site internet"), default="", blank=True)
    hours = models.JSONField(_("horaires"), default=list)
    search_key = models.TextField(_("clé de recherche"))

    objects = OfficialCommuneQuerySet.as_manager()

    class Meta:
        app_label = "tenants"
        verbose_name = _("commune de France")
        indexes = [
            GinIndex(
                name=INDEX,
                fields=["search_key"],
                opclasses=["gin_trgm_ops"],
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def department_name(self) -> str:
        """Name the department, to tell namesakes apart."""
        return directory.department_name(self.department)

    @property
    def place(self) -> str:
        """Tell namesakes apart: department, first postcodes."""
        postcodes = self.postcodes[:MOST_POSTCODES]
        more = ["…"] if len(self.postcodes) > MOST_POSTCODES else []
        department = f"{self.department_name} ({self.department})"
        shown = ", ".join([*postcodes, *more])
        return f"{department} · {shown}" if shown else department


# --- Search ---


class Like(Func):
    """``text LIKE pattern``, the pattern's wildcards meant."""

    template = "(%(expressions)s)"
    arg_joiner = " LIKE "
    output_field = BooleanField()


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to understand a query: beginnings of words of the name, and of codes."""

    name: tuple[str, ...]
    codes: tuple[str, ...]

    @property
    def anywhere(self) -> str:
        """Match the beginnings, in order."""
        return "".join(f"% {word}" for word in (*self.name, *self.codes)) + "%"

    @property
    def starts(self) -> list[str]:
        """Match names that begin like the query, the article aside; any match, without name."""
        if not self.name:
            return [self.anywhere]
        codes = "".join(f"% {code}" for code in self.codes)
        return [f" {article}{' '.join(self.name)}{codes}%" for article in ARTICLES]

    @property
    def wholes(self) -> list[str]:
        """Match the whole name, the article aside, or the whole codes."""
        codes = "".join(f"% {code}" for code in self.codes)
        if not self.name:
            return [f"{codes} %"]
        return [f" {article}{' '.join(self.name)} /{codes} %" for article in ARTICLES]


def _readings(query: str) -> list[_Reading]:
    """Understand what somebody typed; no reading when there is nothing to look for."""
    if len(query) > LONGEST_QUERY or "\0" in query:
        return []
    typed = directory.words(query)
    if not typed:
        return []
    complete = directory.normalise(query).split()
    # The last word may still be under way: "st" begins Strasbourg as well as Saint-Émilion.
    under_way = [*complete[:-1], typed[-1]]
    return [
        _Reading(
            name=tuple(word for word in words if not word[0].isdigit()),
            codes=tuple(word for word in words if word[0].isdigit()),
        )
        for words in ([complete] if complete == under_way else [complete, under_way])
    ]


def _any_like(patterns: Iterable[str]) -> Q:
    """Match when the search key is like one of the patterns."""
    condition = Q()
    for pattern in patterns:
        condition |= Q(Like(F("search_key"), Value(pattern)))
    return condition


# --- Load ---

CREATE_LOADED = """
    CREATE TEMPORARY TABLE loaded_commune AS
    SELECT {columns} FROM {table} WITH NO DATA
"""
COPY_LOADED = "COPY loaded_commune ({columns}) FROM STDIN"
UPSERT = """
    WITH written AS (
        INSERT INTO {table} AS kept ({columns})
        SELECT {columns} FROM loaded_commune
        ON CONFLICT (insee_code) DO UPDATE SET ({columns}) = ROW ({excluded})
        WHERE ({kept}) IS DISTINCT FROM ({excluded})
        RETURNING xmax = 0 AS added
    )
    SELECT count(*) FILTER (WHERE added), count(*) FROM written
"""
DELETE_OTHERS = """
    DELETE FROM {table} AS kept
    WHERE NOT EXISTS (SELECT FROM loaded_commune AS l WHERE l.insee_code = kept.insee_code)
"""


def _statement(text: str) -> sql.Composed:
    """Fill in the table and its columns."""
    return sql.SQL(text).format(
        table=sql.Identifier(TABLE),
        columns=_listed(),
        kept=_listed("kept"),
        excluded=_listed("excluded"),
    )


def _listed(*prefix: str) -> sql.Composed:
    """List the columns, of a table alias if given."""
    return sql.SQL(", ").join(sql.Identifier(*prefix, column) for column in COLUMNS)


def _row(record: directory.CommuneRecord) -> Iterator[Any]:
    """Give the values of one row in the order of ``COLUMNS``."""
    for column in COLUMNS[:-1]:
        value = getattr(record, column)
        match column:
            case "postcodes":
                yield list(value)
            case "hours":
                yield json.dumps(value)
            case _:
                yield value
    yield directory.search_key(record)
