"""The categories most communes need, in packs: for all, for a village, a town, the sea, the vines.

Times are proposals in working days or hours, as communes publish them; each commune edits its own
copy. Words that citizens read are data in French and English, no messages: communes change them.
"""

from incidents.preset_shapes import CategoryPreset, Group
from incidents.presets_streets import CLEAN, GREEN, LIGHTS, ROADS


__all__ = ["PACKS", "CategoryPreset", "Group"]
P = CategoryPreset
GAS = "Odeur de gaz : éloignez-vous et appelez le 0 800 47 33 33."
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
            keywords="canalisation tuyau",
        ),
        P(
            code="inondation",
            name="Route ou lieu inondé",
            name_en="Flooded road or place",
            icon="waves-horizontal",
            hours=24,
            keywords="eau crue débordement",
            danger="L’eau monte ? Ne vous engagez pas et appelez le 112.",
        ),
        P(
            code="eau-coloree",
            name="Eau du robinet colorée ou malodorante",
            name_en="Tap water coloured or smelling",
            icon="glass-water",
            hours=24,
            keywords="eau potable goût odeur",
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
            code="stationnement-genant",
            name="Stationnement gênant qui se répète",
            name_en="Repeated obstructive parking",
            icon="square-parking",
            moderation="never",
            keywords="voiture trottoir garé",
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
            code="rats",
            name="Rats",
            name_en="Rats",
            icon="rat",
            days=5,
            keywords="rongeur souris dératisation",
        ),
        P(
            code="moustique-tigre",
            name="Moustique tigre",
            name_en="Tiger mosquito",
            icon="bug",
            door="redirect",
            ask="La commune ne recueille pas ces observations : signalez-la aux autorités de santé"
            " sur leur site.",
            url="https://signalement-moustique.anses.fr/",
        ),
        P(
            code="bruit",
            name="Bruit, odeur, brûlage",
            name_en="Noise, smell, burning",
            icon="volume-2",
            moderation="never",
        ),
        P(
            code="habitat-indigne",
            name="Logement dangereux ou insalubre",
            name_en="Dangerous or unhealthy housing",
            icon="house",
            door="redirect",
            ask="Décrivez votre logement sur Signal Logement : la mairie et l’État y répondent"
            " ensemble.",
            url="https://signal-logement.beta.gouv.fr/",
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
