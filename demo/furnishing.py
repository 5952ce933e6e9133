"""How the reports of a commune of the demo are set up: teams, bodies, zones, rules, inventory."""

import random
from dataclasses import dataclass
from datetime import datetime

from shapely.geometry import box, mapping, shape

from demo import town
from identity.members import ADMIN, REPORT_AGENT, Member
from incidents import inventory
from incidents.configuration import install_pack
from incidents.geo import Place
from incidents.models import (
    Asset,
    Category,
    Handler,
    ReplyTemplate,
    RoutingRule,
    Settings,
    Team,
    Zone,
)
from incidents.reconfiguring import CONFIGURATION, INVENTORY, reconfigure
from incidents.territory import territory


FOREMAN = Member(user_id=0, name="Services techniques", role=REPORT_AGENT)
DESK = Member(user_id=0, name="Accueil de la mairie", role=ADMIN)
TEAMS = (
    ("Voirie et bâtiments", ("Voirie", "Eau et réseaux", "Bâtiments communaux")),
    ("Propreté", ("Propreté et déchets",)),
    ("Espaces verts", ("Espaces verts et mobilier",)),
    ("Police municipale", ("Tranquillité et animaux",)),
)
LAMPS, BENCHES = 26, 9


@dataclass(frozen=True, slots=True)
class Partners:
    """Who takes care of what the commune does not."""

    county: Handler
    lighting: Handler


def set_up(*, insee_code: str, pack: str, now: datetime, is_whole: bool) -> Partners:
    """Install the categories of the active commune, its teams and its rules.

    Where ``is_whole``, zones, templates and the inventory with its stickers as well.
    """
    install_pack(pack)
    made: list[Partners] = []
    reconfigure(
        label="Équipes et responsables",
        work=lambda: made.append(_responsible(insee_code, is_whole=is_whole)),
        by=DESK,
        now=now,
        tables=CONFIGURATION,
    )
    if is_whole:
        reconfigure(
            label="Lampadaires et bancs", work=_inventory, by=DESK, now=now, tables=INVENTORY
        )
    return made[0]


def _responsible(insee_code: str, *, is_whole: bool) -> Partners:
    partners = Partners(
        county=Handler.objects.create(
            kind=Handler.Kind.BODY,
            name="Département de la Gironde",
            email="routes@departement.example.org",
            url="https://www.gironde.fr/",
            pauses_clock=True,
        ),
        lighting=Handler.objects.create(
            kind=Handler.Kind.CONTRACTOR,
            name="Entreprise d’éclairage public",
            email="depannage@eclairage.example.org",
            phone="0536490117",
        ),
    )
    rules = [
        RoutingRule(
            road_class=town.COUNTY_ROAD,
            group="Voirie",
            handler=partners.county,
            explanation="Route départementale : le Département s’en occupe.",
        ),
        RoutingRule(
            group="Éclairage", handler=partners.lighting, explanation="L’entreprise d’éclairage."
        ),
    ]
    teams: list[Team] = []
    for name, groups in TEAMS if is_whole else TEAMS[:1]:
        team = (
            Team.objects.create(name=name, depot_lat=town.DEPOT.lat, depot_lon=town.DEPOT.lon)
            if is_whole
            else Team.objects.create(name="Services techniques")
        )
        own = Handler.objects.create(kind=Handler.Kind.TEAM, name=team.name, team=team)
        teams.append(team)
        rules += [RoutingRule(group=group, handler=own, explanation=name) for group in groups]
    if is_whole:
        _zones(insee_code)
        _templates()
        rules.insert(1, _trees_of_the_quays(teams[2]))
        Settings.objects.update_or_create(
            pk=1,
            defaults={
                "service": "Services techniques",
                "service_email": "services.techniques@pauillac.example.org",
                "service_phone": "0536490142",
            },
        )
    else:
        rules.append(RoutingRule(handler=own, explanation="Les services techniques."))
    for position, rule in enumerate(rules, start=1):
        rule.position = position
        rule.save()
    return partners


def _trees_of_the_quays(team: Team) -> RoutingRule:
    return RoutingRule(
        category=Category.objects.get(code="arbre-dangereux"),
        zone=Zone.objects.get(name="Centre et quais"),
        handler=Handler.objects.get(team=team),
        explanation="Les platanes des quais sont suivis par les espaces verts.",
    )


def _zones(insee_code: str) -> None:
    """Cut the commune into quarters, along its own outline."""
    outline = shape(territory(insee_code).geometry or {})
    for name, (south, west, north, east) in town.ZONES.items():
        part = outline.intersection(box(west, south, east, north))
        whole = max(getattr(part, "geoms", [part]), key=lambda each: each.area)
        Zone.objects.create(name=name, outline=_as_lists(mapping(whole)))


def _as_lists(geometry: dict[str, object]) -> dict[str, object]:
    rings = geometry["coordinates"]
    listed = [[[round(x, 6), round(y, 6)] for x, y in ring] for ring in rings]  # type: ignore[attr-defined]
    return {"type": geometry["type"], "coordinates": listed}


def _templates() -> None:
    for title, status, text in town.TEMPLATES:
        ReplyTemplate.objects.create(title=title, status=status, text=text)


def _inventory() -> None:
    """Number the lamps along the streets and the benches of the quays."""
    luck = random.Random(town.STREETS[0].name)  # noqa: S311 (where lamps stand)
    quays = [street for street in town.STREETS if street.name.startswith("Quai")]
    for number in range(1, LAMPS + 1):
        street = town.STREETS[number % 12]
        _asset("lampadaire", f"L{number:03}", street, luck)
    for number in range(1, BENCHES + 1):
        _asset("banc", f"B{number:02}", quays[number % len(quays)], luck)


def _asset(kind: str, code: str, street: town.Street, luck: random.Random) -> None:
    place = beside(street, luck)
    Asset.objects.create(
        kind=kind,
        code=code,
        name=street.name,
        lat=place.lat,
        lon=place.lon,
        token=inventory.new_token(),
    )


def beside(street: town.Street, luck: random.Random) -> Place:
    """Return a place along a street."""
    return Place(
        round(street.lat + luck.uniform(-street.reach, street.reach), 6),
        round(street.lon + luck.uniform(-street.reach, street.reach) * 0.7, 6),
    )
