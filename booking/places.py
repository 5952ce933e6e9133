"""Tell everybody where the active commune receives, and for which identity documents."""

from collections.abc import Sequence

from booking import planning
from booking.models import Resource, Service, Site
from parvis.deferred import defer_to
from parvis.guard import PUBLIC
from parvis.typo import de
from slots import registry
from slots.addresses import split
from slots.models import MeetingPoint
from tenants.models import Commune, OfficialCommune


TOWN_HALLS = {"mairie", "hôtel de ville"}


def publish() -> list[int]:
    """Write every site in the register that all communes share; return the numbers that changed.

    To be called in the transaction that changes a site, what receives there or what it gives.
    A site is open while something receives there.
    """
    commune = planning.current_commune()
    official = OfficialCommune.objects.filter(pk=commune.insee_code).first()
    postcodes = official.postcodes if official else []
    resources = list(Resource.objects.filter(active=True).prefetch_related("services"))
    services = _titles_online()
    places = [
        _place(site, commune, postcodes, [r for r in resources if r.site_id == site.pk], services)
        for site in Site.objects.order_by("pk")
    ]
    position = None
    if official and official.longitude is not None and official.latitude is not None:
        position = official.longitude, official.latitude
    return registry.publish(commune=commune, places=places, position=position)


def point_of(site: Site) -> MeetingPoint | None:
    """Find a site in the register."""
    here = planning.current_commune()
    return MeetingPoint.objects.filter(commune=here, site=site.pk).first()


def correct(site: Site, *, position: tuple[float, float] | None, ugf: str) -> None:
    """Write where a site really is (latitude, longitude), and by which code the State knows it."""
    latitude, longitude = position or (None, None)
    here = planning.current_commune()
    MeetingPoint.objects.filter(commune=here, site=site.pk).update(
        latitude=latitude, longitude=longitude, ugf=ugf
    )
    defer_to(PUBLIC, "ants.publish_points")


def official_name(site: str, commune: str) -> str:
    """Name a place so that it is known outside the commune: « Mairie » alone is everywhere."""
    name = site.strip()
    return f"{name} {de(commune)}" if name.casefold() in TOWN_HALLS else name


def _place(
    site: Site,
    commune: Commune,
    postcodes: Sequence[str],
    resources: Sequence[Resource],
    services: Sequence[Service],
) -> registry.Place:
    street, zip_code, city = split(site.address or commune.address)
    return registry.Place(
        site=site.pk,
        name=official_name(site.name, commune.name),
        street=street,
        zip_code=zip_code or commune.postcode or (postcodes[0] if postcodes else ""),
        city=(city or commune.name)[:100],
        reasons=sorted({each.titles for each in services if _can_give(each, resources)}),
        is_open=bool(resources),
    )


def _titles_online() -> list[Service]:
    found = Service.objects.offered_online().exclude(titles=Service.Titles.NONE)
    return list(found.prefetch_related("needs"))


def _can_give(service: Service, resources: Sequence[Resource]) -> bool:
    """Tell whether what is at a site suffices for a service, were it all free."""
    able = [each.kind for each in resources if service in each.services.all()]
    needs = list(service.needs.all())
    if not needs:
        return bool(able)
    return all(able.count(need.kind) >= need.count for need in needs)
