"""Give a commune its first services, counters, hours and categories, from public facts alone."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from booking import read_model
from booking.actions import install_presets
from booking.models import Opening
from booking.planning import current_commune
from booking.presets import USUAL, USUAL_HOURS, Preset, ServicePreset
from incidents.configuration import install_pack
from incidents.models import Category
from onboarding.usual import counters_for, is_by_the_sea, opening_hours, pack_for
from tenants.models import Commune


SITE_NAME = "Mairie"


@transaction.atomic
def furnish(*, now: datetime) -> None:
    """Furnish the active commune; safe to repeat, and changes nothing that somebody has made.

    A preview offers everything there is to see. Elsewhere, identity documents wait until the
    commune has a station, out of use.
    """
    commune = Commune.objects.get(pk=current_commune().pk)
    is_new = not Opening.objects.exists()
    install_presets(preset=_preset(commune), site_name=SITE_NAME, address=commune.address)
    if not Category.objects.exists():
        by_the_sea = is_by_the_sea(commune.insee_code, commune.name, commune.epci_name)
        install_pack(pack_for(population=commune.population, by_the_sea=by_the_sea))
    if is_new:
        read_model.refresh_all(now=now)


def _preset(commune: Commune) -> Preset:
    shows_titles = commune.station_count > 0 or commune.delete_after is not None
    stations = max(commune.station_count, int(shows_titles))
    counters = counters_for(population=commune.population, stations=stations)
    return Preset(
        services=tuple(_service(each, shows_titles) for each in USUAL.services),
        counters=_numbered("Guichet", counters),
        stations=_numbered("Station", stations),
        hours=opening_hours(commune.hours) or USUAL_HOURS,
    )


def _service(preset: ServicePreset, shows_titles: bool) -> ServicePreset:  # noqa: FBT001
    if shows_titles or not (preset.titles or preset.is_collection):
        return preset
    return replace(preset, is_active=False)


def _numbered(name: str, count: int) -> tuple[str, ...]:
    return tuple(f"{name} {number}" for number in range(1, count + 1))
