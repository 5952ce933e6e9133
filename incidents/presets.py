"""The categories most communes need, in packs: for all, for a village, a town, the sea, the vines.

Times are proposals in working days or hours, as communes publish them; each commune edits its own
copy. Words that citizens read are data in French and English, no messages: communes change them.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryPreset:
    """One category. ``days`` or ``hours`` is the promise, ten working days unless said."""

    code: str
    name: str
    name_en: str
    icon: str
    days: int = 10
    hours: int = 0
    keywords: str = ""
    door: str = "report"
    moderation: str = "before"
    danger: str = ""
    ask: str = ""
    """Whom to ask instead: a redirect, which creates no report."""
    phone: str = ""
    url: str = ""
    is_staff_only: bool = False
    needs_after_photo: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """What a citizen looks for first."""

    name: str
    name_en: str
    categories: tuple[CategoryPreset, ...]


P = CategoryPreset
BARE_CABLE = "Un câble pend ou un coffret est ouvert ? N’approchez pas, appelez le 112."
GAS = "Odeur de gaz : éloignez-vous et appelez le 0 800 47 33 33."
ROADS = Group(
    "Voirie",
    "Roads",
    (
        P(
            code="nid-de-poule",
            name="Trou dans la chaussée",
            name_en="Hole in the road",
            icon="construction",
            keywords="nid-de-poule goudron route",
            needs_after_photo=True,
        ),
        P(
            code="affaissement",
            name="Affaissement",
            name_en="Sunken road",
            icon="arrow-down-to-line",
            hours=24,
            danger="La chaussée s’effondre ? Éloignez-vous et appelez le 112.",
        ),
        P(
            code="trottoir",
            name="Trottoir abîmé ou encombré",
            name_en="Damaged or blocked pavement",
            icon="footprints",
            keywords="bordure fauteuil poussette bateau accessibilité",
        ),
        P(
            code="marquage",
            name="Marquage effacé",
            name_en="Worn road marking",
            icon="minus",
            keywords="passage piéton ligne",
        ),
        P(
            code="plaque",
            name="Plaque bruyante ou manquante",
            name_en="Loose or missing cover",
            icon="circle-dot",
            hours=48,
            danger="Un regard est ouvert ? Prévenez aussi le 112.",
        ),
        P(
            code="panneau",
            name="Panneau tombé, masqué ou absent",
            name_en="Fallen, hidden or missing sign",
            icon="signpost",
            hours=48,
            keywords="stop miroir signalisation",
        ),
    ),
)
LIGHTS = Group(
    "Éclairage",
    "Lighting",
    (
        P(
            code="lampadaire",
            name="Lampadaire éteint ou cassé",
            name_en="Street lamp out or broken",
            icon="lamp",
            days=5,
            keywords="lumière réverbère allumé jour",
            danger=BARE_CABLE,
        ),
        P(
            code="feu-tricolore",
            name="Feu tricolore en panne",
            name_en="Traffic light out of order",
            icon="traffic-cone",
            hours=24,
        ),
        P(
            code="secteur-eteint",
            name="Tout un quartier sans électricité",
            name_en="A whole area without power",
            icon="zap-off",
            door="redirect",
            ask="Appelez Enedis dépannage, 24 heures sur 24 : 09 72 67 50 suivi du numéro de votre"
            " département.",
            url="https://www.enedis.fr/",
        ),
    ),
)
CLEAN = Group(
    "Propreté et déchets",
    "Cleanliness and waste",
    (
        P(
            code="depot-sauvage",
            name="Dépôt sauvage",
            name_en="Fly-tipping",
            icon="trash-2",
            hours=48,
            keywords="encombrants gravats ordures",
            needs_after_photo=True,
        ),
        P(
            code="poubelle-pleine",
            name="Poubelle publique pleine",
            name_en="Full public bin",
            icon="trash",
            hours=48,
            keywords="corbeille déchets",
        ),
        P(
            code="salete",
            name="Rue sale, verre, déjections",
            name_en="Dirty street, glass, droppings",
            icon="brush-cleaning",
            days=3,
            keywords="mégots feuilles nettoyage",
        ),
        P(
            code="bac-non-collecte",
            name="Bac non collecté ou cassé",
            name_en="Bin not emptied or broken",
            icon="recycle",
            days=3,
            keywords="ordures ménagères tri collecte",
        ),
        P(
            code="tag",
            name="Tag ou affichage sauvage",
            name_en="Graffiti or illegal posters",
            icon="spray-can",
            needs_after_photo=True,
        ),
        P(
            code="tag-injurieux",
            name="Tag injurieux",
            name_en="Abusive graffiti",
            icon="message-circle-warning",
            hours=24,
            moderation="never",
        ),
    ),
)
GREEN = Group(
    "Espaces verts et mobilier",
    "Green spaces and street furniture",
    (
        P(
            code="arbre-dangereux",
            name="Arbre ou branche qui menace de tomber",
            name_en="Tree or branch about to fall",
            icon="tree-deciduous",
            hours=24,
            danger="Il est tombé sur la route ou sur un câble ? Appelez le 112.",
        ),
        P(
            code="vegetation",
            name="Haie ou herbes qui gênent",
            name_en="Overgrown hedge or grass",
            icon="sprout",
            keywords="tonte taille débroussaillage",
        ),
        P(
            code="aire-de-jeux",
            name="Jeu d’enfants abîmé",
            name_en="Damaged playground",
            icon="ferris-wheel",
            hours=24,
        ),
        P(
            code="mobilier",
            name="Banc, barrière, potelet",
            name_en="Bench, barrier, bollard",
            icon="armchair",
            keywords="abribus mobilier urbain",
        ),
    ),
)
WATER = Group(
    "Eau et réseaux",
    "Water and networks",
    (
        P(
            code="fuite",
            name="Fuite d’eau",
            name_en="Water leak",
            icon="droplets",
            hours=24,
            keywords="canalisation inondation",
        ),
        P(
            code="avaloir",
            name="Avaloir bouché ou mauvaise odeur",
            name_en="Blocked drain or bad smell",
            icon="droplet",
            days=5,
            danger=GAS,
        ),
        P(
            code="telecom",
            name="Poteau ou câble de téléphone",
            name_en="Telephone pole or cable",
            icon="cable",
            door="redirect",
            ask="La commune ne peut pas intervenir sur ces réseaux. Signalez-le à Orange, service"
            " dommages réseaux.",
            url="https://dommages-reseaux.orange.fr/",
        ),
    ),
)
LIFE = Group(
    "Tranquillité et animaux",
    "Neighbourhood and animals",
    (
        P(
            code="vehicule-ventouse",
            name="Véhicule abandonné",
            name_en="Abandoned vehicle",
            icon="car",
            moderation="never",
            keywords="ventouse épave stationnement",
        ),
        P(
            code="animal",
            name="Animal errant, blessé ou mort",
            name_en="Stray, injured or dead animal",
            icon="paw-print",
            hours=24,
        ),
        P(
            code="frelon",
            name="Nid de frelons asiatiques",
            name_en="Asian hornets’ nest",
            icon="bug",
            days=5,
            danger="N’approchez pas du nid. En cas de piqûres multiples, appelez le 15.",
        ),
        P(
            code="bruit",
            name="Bruit, odeur, brûlage",
            name_en="Noise, smell, burning",
            icon="volume-2",
            moderation="never",
        ),
    ),
)
BUILDINGS = Group(
    "Bâtiments communaux",
    "Public buildings",
    (
        P(
            code="batiment",
            name="École, salle, ascenseur, chauffage",
            name_en="School, hall, lift, heating",
            icon="building",
            days=5,
            moderation="never",
            is_staff_only=True,
        ),
    ),
)
WORDS = Group(
    "Dire un mot",
    "Have a word",
    (
        P(
            code="idee",
            name="Une idée pour la commune",
            name_en="An idea for the commune",
            icon="lightbulb",
            days=5,
            door="suggestion",
        ),
        P(
            code="merci",
            name="Un merci aux équipes",
            name_en="Thanks to the teams",
            icon="heart-handshake",
            days=5,
            door="compliment",
        ),
    ),
)
SEASIDE = Group(
    "Plage et littoral",
    "Beach and coast",
    (
        P(
            code="plage-sale",
            name="Déchets sur la plage",
            name_en="Waste on the beach",
            icon="shell",
            hours=48,
        ),
        P(
            code="acces-plage",
            name="Accès à la plage abîmé",
            name_en="Damaged access to the beach",
            icon="umbrella",
            days=5,
            keywords="escalier caillebotis douche",
        ),
        P(
            code="baine",
            name="Objet dangereux ou munition",
            name_en="Dangerous object or ammunition",
            icon="bomb",
            door="redirect",
            ask="N’y touchez pas, éloignez-vous et appelez le 112 ; en mer, le 196.",
            phone="112",
        ),
    ),
)
VINES = Group(
    "Vignes et chemins",
    "Vines and tracks",
    (
        P(
            code="chemin",
            name="Chemin rural abîmé",
            name_en="Damaged country track",
            icon="route",
            days=15,
        ),
        P(
            code="terre-sur-route",
            name="Boue ou terre sur la route",
            name_en="Mud or earth on the road",
            icon="tractor",
            hours=24,
        ),
        P(
            code="fosse",
            name="Fossé bouché",
            name_en="Blocked ditch",
            icon="shovel",
            days=15,
        ),
    ),
)
PACKS: dict[str, tuple[Group, ...]] = {
    "rural": (ROADS, LIGHTS, CLEAN, GREEN, WATER, LIFE, VINES, BUILDINGS, WORDS),
    "bourg": (ROADS, LIGHTS, CLEAN, GREEN, WATER, LIFE, BUILDINGS, WORDS),
    "littoral": (ROADS, LIGHTS, CLEAN, SEASIDE, GREEN, WATER, LIFE, BUILDINGS, WORDS),
    "viticole": (ROADS, VINES, LIGHTS, CLEAN, GREEN, WATER, LIFE, BUILDINGS, WORDS),
}
