"""Categories that every commune needs: streets, lights, cleanliness, green spaces."""

from incidents.preset_shapes import CategoryPreset, Group


P = CategoryPreset
BARE_CABLE = "Un câble pend ou un coffret est ouvert ? N’approchez pas, appelez le 112."
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
            name="Trottoir abîmé",
            name_en="Damaged pavement",
            icon="footprints",
            keywords="bordure pavé dalle",
        ),
        P(
            code="accessibilite",
            name="Passage difficile en fauteuil ou poussette",
            name_en="Hard to pass with a wheelchair or pram",
            icon="accessibility",
            keywords="pmr handicap trottoir encombré bateau manquant marche",
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
            keywords="miroir signalisation indication",
        ),
        P(
            code="panneau-priorite",
            name="Panneau stop ou de priorité manquant",
            name_en="Missing stop or priority sign",
            icon="octagon-alert",
            hours=24,
            keywords="stop cédez le passage sens interdit",
            danger="Le carrefour est dangereux en ce moment ? Prévenez aussi le 17.",
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
            code="point-de-tri",
            name="Point de tri plein ou sale",
            name_en="Recycling point full or dirty",
            icon="package-open",
            days=3,
            keywords="verre conteneur borne colonne",
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
            keywords="mobilier urbain chaise fontaine",
        ),
        P(
            code="abribus",
            name="Abribus ou arrêt de car abîmé",
            name_en="Damaged bus shelter or stop",
            icon="bus",
            keywords="arrêt car vitre",
        ),
        P(
            code="borne-incendie",
            name="Borne d’incendie abîmée, cachée ou qui fuit",
            name_en="Fire hydrant damaged, hidden or leaking",
            icon="fire-extinguisher",
            hours=24,
            keywords="poteau pompiers hydrant",
        ),
    ),
)
