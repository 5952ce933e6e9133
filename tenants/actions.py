"""Everything that changes the registry of communes."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from parvis.db import rejects
from parvis.deferred import defer
from parvis.errors import DomainError
from tenants import provisioning
from tenants.directory import slug as slug_of
from tenants.hosts import RESERVED_LABELS, absolute_url, forget_hosts
from tenants.models import Association, Commune, Domain, OfficialCommune


NAME_MOST = 100
SIREN = re.compile(r"[0-9]{9}")


class TakenName(DomainError):
    """Another site answers under this name, or no site may."""

    message = _("Ce nom d’hôte est déjà pris, ou réservé. Choisissez-en un autre.")


class UnknownInseeCode(DomainError):
    """No commune of France has this code today."""

    message = _("Aucune commune n’a ce code INSEE. Vérifiez les cinq caractères (« 33314 »).")
    status = 404


class UnknownSiren(DomainError):
    """No commune of France belongs to such an intercommunality today."""

    message = _("Aucune intercommunalité n’a ce SIREN. Vérifiez les neuf chiffres.")
    status = 404


def list_commune(
    *, insee_code: str, association: Association | None = None, station_count: int = 0
) -> Commune:
    """Register a commune from the official directory, without a schema yet; safe to repeat.

    Raises:
        UnknownInseeCode: the directory does not know the code.
    """
    official = OfficialCommune.objects.filter(pk=insee_code.strip().upper()).first()
    if official is None:
        raise UnknownInseeCode
    commune = Commune.objects.filter(insee_code=official.insee_code).first()
    if commune is None:
        commune, _created = Commune.objects.get_or_create(
            insee_code=official.insee_code,
            defaults=_facts(official, free_slug(official), association, station_count),
        )
    return commune


def list_epci(*, siren: str, association: Association | None = None) -> Commune:
    """Register an intercommunality by its SIREN, without a schema yet; safe to repeat.

    Its name, members and population come from the official directory of communes.

    Raises:
        UnknownSiren: no commune of the directory belongs to it.
    """
    wanted = "".join(siren.split())
    if not SIREN.fullmatch(wanted):
        raise UnknownSiren
    members = OfficialCommune.objects.filter(epci_siren=wanted)
    largest = members.order_by("-population", "pk").first()
    if largest is None:
        raise UnknownSiren
    name = largest.epci_name[:NAME_MOST]
    labels = (slug_of(name), f"{slug_of(name)[:50]}-{largest.department.lower()}", f"e-{wanted}")
    commune, _created = Commune.objects.get_or_create(
        insee_code=wanted,
        defaults={
            "kind": Commune.Kind.EPCI,
            "schema_name": f"e_{wanted}",
            "name": name,
            "slug": _free(labels),
            "association": association,
            "population": members.aggregate(n=Sum("population"))["n"] or 0,
            "epci_siren": wanted,
            "epci_name": largest.epci_name,
        },
    )
    return commune


def _facts(
    official: OfficialCommune, slug: str, association: Association | None, station_count: int
) -> dict[str, Any]:
    return {
        "schema_name": f"c_{official.insee_code.lower()}",
        "name": official.name,
        "slug": slug,
        "association": association,
        "station_count": station_count,
        "population": official.population or 0,
        "postcode": official.postcodes[0] if len(official.postcodes) == 1 else "",
        "epci_siren": official.epci_siren,
        "epci_name": official.epci_name,
        "address": official.address,
        "phone": official.phone,
        "email": official.email,
        "hours": official.hours,
    }


def free_slug(official: OfficialCommune) -> str:
    """Choose the host name of a commune: its name, with the département on a collision."""
    return _free(_labels(official))


def _free(labels: Iterable[str]) -> str:
    return next(
        label
        for label in labels
        if label not in RESERVED_LABELS and not Commune.objects.filter(slug=label).exists()
    )


def _labels(official: OfficialCommune) -> Iterator[str]:
    wanted = slug_of(official.name)
    yield from (wanted, f"{wanted}-{official.department.lower()}", official.insee_code.lower())
    yield f"c-{official.insee_code.lower()}"


def open_commune(*, commune: Commune, now: datetime) -> Commune:
    """Create the schema, its role and its host name, and open the site; resumable anywhere."""
    provisioning.ensure_template()
    connection.set_schema_to_public()  # type: ignore[attr-defined]
    if not commune.has_schema:
        create_schema(commune=commune)
    with transaction.atomic():
        Domain.objects.get_or_create(
            domain=absolute_host(commune), defaults={"commune": commune, "is_primary": True}
        )
        commune.state = Commune.State.READY
        commune.opened_at = commune.opened_at or now
        commune.save(update_fields=["state", "opened_at"])
        transaction.on_commit(forget_hosts)
        defer("slots.follow_communes")
    return commune


def create_schema(*, commune: Commune) -> None:
    """Note that the commune is being created, then make its schema and its role; safe to repeat.

    Raises:
        provisioning.NoTemplate: ``parvis migrate`` has not run for this version.
    """
    if commune.has_schema:
        return
    if commune.state != Commune.State.CREATING:
        commune.state = Commune.State.CREATING
        commune.save(update_fields=["state"])
    provisioning.provision(commune.schema_name)


def absolute_host(commune: Commune) -> str:
    """Name the host that every commune has from the start."""
    return absolute_url(commune, "").partition("://")[2].partition(":")[0]


def list_communes(
    *, insee_codes: Iterable[str], association: Association, station_counts: Mapping[str, int]
) -> int:
    """Register many communes at once, without schemas; returns how many were new.

    Raises:
        UnknownInseeCode: the directory does not know one of the codes; nothing is written.
    """
    wanted = set(insee_codes)
    officials = list(OfficialCommune.objects.filter(pk__in=wanted).order_by("pk"))
    if len(officials) < len(wanted):
        raise UnknownInseeCode
    known = set(Commune.objects.values_list("insee_code", flat=True))
    taken = {*RESERVED_LABELS, *Commune.objects.values_list("slug", flat=True)}
    communes = []
    for official in officials:
        if official.insee_code in known:
            continue
        slug = next(label for label in _labels(official) if label not in taken)
        taken.add(slug)
        stations = station_counts.get(official.insee_code, 0)
        facts = _facts(official, slug, association, stations)
        communes.append(Commune(insee_code=official.insee_code, **facts))
    Commune.objects.bulk_create(communes)
    return len(communes)


@transaction.atomic
def create_association(
    *, name: str, short_name: str, slug: str, departments: Sequence[str]
) -> Association:
    """Register an association; its site answers at once under ``slug``.

    Raises:
        TakenName: the label leads elsewhere.
    """
    taken = Commune.objects.filter(slug=slug).exists()
    if taken or slug in RESERVED_LABELS or slug != slug_of(slug):
        raise TakenName
    with rejects("one_association_per_slug", TakenName):
        association = Association.objects.create(
            name=name, short_name=short_name, slug=slug, departments=list(departments)
        )
    transaction.on_commit(forget_hosts)
    return association


@transaction.atomic
def update_association(
    *,
    association: Association,
    name: str,
    short_name: str,
    phone: str,
    email: str,
    brand_colour: str,
    departments: Sequence[str],
) -> None:
    """Change how an association is called, seen and reached, and which departments it serves."""
    association.name, association.short_name = name, short_name
    association.phone, association.email = phone, email
    association.brand_colour, association.departments = brand_colour, list(departments)
    association.save(
        update_fields=["name", "short_name", "phone", "email", "brand_colour", "departments"]
    )
    transaction.on_commit(forget_hosts)
