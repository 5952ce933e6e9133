"""What is told of Pauillac: its streets are real, what happens in them is invented."""

from dataclasses import dataclass

from incidents.geo import Place


@dataclass(frozen=True, slots=True)
class Street:
    """A street or a hamlet: about where it is, how far its houses are, who owns the road."""

    name: str
    lat: float
    lon: float
    reach: float = 0.0006  # degrees
    road_class: str = "communal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """How people say one kind of thing, what it looks like, and what it takes to repair."""

    weight: int
    words: tuple[str, ...]
    picture: str = ""
    done: str = "C’est fait. Merci de nous l’avoir signalé."
    minutes: int = 45
    material: str = ""
    cost_cents: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tale:
    """One report that shows something: where, since when, and what became of it."""

    code: str
    street: str
    words: str
    days: int
    outcome: str = ""


HAMLET = 0.0014
COUNTY_ROAD = "department"
STREETS = (
    Street("Quai Léon-Périer", 45.1982, -0.7453),
    Street("Quai Albert-Pichon", 45.2010, -0.7466),
    Street("Quai Antoine-Ferchaud", 45.1994, -0.7459),
    Street("Place du Maréchal-Foch", 45.1984, -0.7467, 0.0003),
    Street("Rue Aristide-Briand", 45.1990, -0.7490),
    Street("Rue Saint-Martin", 45.1978, -0.7467),
    Street("Rue Victor-Hugo", 45.1997, -0.7479),
    Street("Rue Jean-Jaurès", 45.1972, -0.7491),
    Street("Place Roger-Gabriel-Gachet", 45.1980, -0.7474, 0.0003),
    Street("Place de Lattre-de-Tassigny", 45.2018, -0.7479, 0.0003),
    Street("Rue du Maréchal-Joffre", 45.1966, -0.7478),
    Street("Place de la Gare", 45.1998, -0.7534, 0.0004),
    Street("Route de Bordeaux", 45.1908, -0.7516, 0.0009, COUNTY_ROAD),
    Street("Route des Châteaux", 45.1850, -0.7520, 0.0012, COUNTY_ROAD),
    Street("Bages", 45.1872, -0.7572, HAMLET),
    Street("Saint-Lambert", 45.1795, -0.7490, HAMLET),
    Street("Le Pouyalet", 45.2165, -0.7690, HAMLET),
    Street("Mousset", 45.2122, -0.7562, HAMLET),
    Street("Artigues", 45.2068, -0.7640, HAMLET),
    Street("Milon", 45.2200, -0.7840, HAMLET),
    Street("Trompeloup", 45.2150, -0.7480, HAMLET),
    Street("Padarnac", 45.2075, -0.7535, HAMLET),
)
ELSEWHERE = ("Rue de la République", "Place de l’Église", "Chemin des Écoles", "Rue du Stade")
DEPOT = Place(45.2003, -0.7560)

SAYINGS = {
    "nid-de-poule": Saying(
        weight=15,
        words=(
            "Un trou profond, les voitures font un écart.",
            "Le bord de la chaussée s’effrite, il y a un trou depuis les pluies.",
            "Nid-de-poule au milieu de la rue, dangereux à vélo.",
        ),
        picture="pothole",
        done="Le trou est rebouché à l’enrobé.",
        minutes=60,
        material="Enrobé à froid, 2 sacs",
        cost_cents=3_400,
    ),
    "lampadaire": Saying(
        weight=14,
        words=(
            "Le lampadaire ne s’allume plus.",
            "La lumière clignote toute la nuit.",
            "Trois lampadaires éteints à la suite, on ne voit rien le soir.",
        ),
        picture="lamp",
        done="La lampe est remplacée.",
        minutes=40,
        material="Lampe LED 35 W",
        cost_cents=8_900,
    ),
    "depot-sauvage": Saying(
        weight=13,
        words=(
            "Un matelas et des sacs laissés contre le mur.",
            "Des gravats et des cartons au bord du chemin.",
            "Des pneus et de vieux meubles, il y en a chaque semaine.",
        ),
        picture="rubbish",
        done="Tout est ramassé et porté à la déchèterie.",
        minutes=75,
        material="Camion-benne",
        cost_cents=4_200,
    ),
    "trottoir": Saying(
        weight=10,
        words=(
            "Une dalle soulevée, ma voisine a trébuché.",
            "Le trottoir est défoncé, la poussette ne passe plus.",
        ),
        done="Le trottoir est repris.",
        minutes=120,
        material="Mortier, 3 sacs",
        cost_cents=5_100,
    ),
    "vegetation": Saying(
        weight=9,
        words=(
            "La haie déborde, il faut marcher sur la route.",
            "Les branches cachent le panneau.",
        ),
        picture="hedge",
        done="La haie est taillée.",
        minutes=90,
    ),
    "mobilier": Saying(
        weight=7,
        words=("Une latte du banc est cassée.", "Le banc bascule quand on s’assoit."),
        picture="bench",
        done="Le banc est réparé.",
        minutes=50,
        material="Lattes de pin, vis",
        cost_cents=2_600,
    ),
    "salete": Saying(
        weight=9,
        words=("Du verre brisé sur le trottoir.", "Des déchets partout après le marché."),
        done="C’est balayé.",
        minutes=25,
    ),
    "avaloir": Saying(
        weight=8,
        words=("L’avaloir est bouché par les feuilles.", "L’eau stagne à chaque averse."),
        picture="drain",
        done="L’avaloir est curé.",
        minutes=35,
    ),
    "panneau": Saying(
        weight=6,
        words=("Le panneau est couché.", "Le panneau penche vers la route."),
        picture="sign",
        done="Le panneau est redressé et scellé.",
        minutes=55,
        material="Béton, 1 sac",
        cost_cents=1_500,
    ),
    "tag": Saying(
        weight=4,
        words=("Un tag sur le mur de l’école.", "Le mur du port est tagué."),
        picture="tag",
        done="Le mur est nettoyé.",
        minutes=80,
        material="Décapant",
        cost_cents=3_900,
    ),
    "marquage": Saying(
        weight=5, words=("Le passage piéton ne se voit plus.",), done="Le passage est repeint."
    ),
    "idee": Saying(
        weight=5,
        words=(
            "Un banc à l’ombre près de l’arrêt de bus.",
            "Des arceaux pour les vélos devant la médiathèque.",
            "Un point d’eau sur le quai, l’été.",
        ),
        done="Bonne idée : c’est au programme du conseil de quartier.",
    ),
}
TALES = (
    Tale(
        code="nid-de-poule",
        street="Rue Victor-Hugo",
        words="Un trou profond devant le numéro 12, un cycliste est tombé.",
        days=5,
        outcome="joined",
    ),
    Tale(
        code="nid-de-poule",
        street="Rue Victor-Hugo",
        words="Gros nid-de-poule devant la boulangerie.",
        days=4,
        outcome="duplicate",
    ),
    Tale(
        code="nid-de-poule",
        street="Rue Victor-Hugo",
        words="Toujours ce trou, ça devient dangereux.",
        days=2,
        outcome="duplicate",
    ),
    Tale(
        code="lampadaire",
        street="Quai Léon-Périer",
        words="Éteint depuis trois semaines, tout le quai est dans le noir.",
        days=25,
        outcome="overdue",
    ),
    Tale(
        code="trottoir",
        street="Rue Jean-Jaurès",
        words="Les racines soulèvent le trottoir, impossible en fauteuil.",
        days=19,
    ),
    Tale(
        code="avaloir",
        street="Bages",
        words="L’avaloir déborde à chaque pluie.",
        days=13,
    ),
    Tale(
        code="depot-sauvage",
        street="Artigues",
        words="Des gravats et un matelas à l’entrée du chemin.",
        days=3,
        outcome="accepted",
    ),
    Tale(
        code="trottoir",
        street="Place du Maréchal-Foch",
        words="Deux pavés manquent devant l’église.",
        days=9,
        outcome="planned",
    ),
    Tale(
        code="tag",
        street="Quai Antoine-Ferchaud",
        words="Le mur du port est couvert de peinture.",
        days=4,
        outcome="in_progress",
    ),
    Tale(
        code="salete",
        street="Rue Aristide-Briand",
        words="Du verre devant l’école.",
        days=6,
        outcome="contested",
    ),
    Tale(
        code="vegetation",
        street="Le Pouyalet",
        words="La haie couvre le panneau.",
        days=6,
        outcome="awaiting_reporter",
    ),
    Tale(
        code="nid-de-poule",
        street="Route de Bordeaux",
        words="La route départementale est défoncée sur vingt mètres.",
        days=8,
        outcome="forwarded",
    ),
    Tale(
        code="panneau",
        street="Route des Châteaux",
        words="Le panneau du virage est à terre.",
        days=7,
        outcome="answered",
    ),
    Tale(
        code="lampadaire",
        street="Milon",
        words="La lumière grésille et s’éteint.",
        days=11,
        outcome="lighting",
    ),
    Tale(
        code="animal",
        street="Trompeloup",
        words="Un chien sans collier près du port.",
        days=4,
        outcome="rejected",
    ),
    Tale(
        code="mobilier",
        street="Quai Albert-Pichon",
        words="Le banc face au fleuve est cassé.",
        days=16,
        outcome="thanked",
    ),
    Tale(
        code="aire-de-jeux",
        street="Place de Lattre-de-Tassigny",
        words="Une chaîne de la balançoire a cédé.",
        days=10,
        outcome="resolved",
    ),
    Tale(
        code="salete",
        street="Place de la Gare",
        words="Finalement, quelqu’un a tout ramassé.",
        days=5,
        outcome="cancelled",
    ),
    Tale(
        code="depot-sauvage",
        street="Mousset",
        words="Le tas de branches est revenu au même endroit.",
        days=12,
        outcome="reopened",
    ),
    Tale(
        code="panneau",
        street="Saint-Lambert",
        words="Le panneau d’entrée de bourg est tombé.",
        days=1,
    ),
    Tale(
        code="lampadaire",
        street="Rue Saint-Martin",
        words="Plus de lumière devant le presbytère.",
        days=1,
    ),
    Tale(
        code="plaque",
        street="Place de la Gare",
        words="La plaque claque à chaque voiture, même la nuit.",
        days=2,
        outcome="triage",
    ),
    Tale(
        code="bruit",
        street="Padarnac",
        words="Des chiens aboient toute la nuit.",
        days=3,
        outcome="accepted",
    ),
    Tale(
        code="idee",
        street="Place Roger-Gabriel-Gachet",
        words="Un banc à l’ombre pour attendre le bus.",
        days=7,
    ),
    Tale(
        code="trottoir",
        street="Rue du Maréchal-Joffre",
        words="Une dalle bascule quand on marche dessus.",
        days=8,
        outcome="accepted",
    ),
    Tale(
        code="avaloir",
        street="Quai Antoine-Ferchaud",
        words="L’avaloir est plein de feuilles.",
        days=7,
        outcome="accepted",
    ),
    Tale(
        code="panneau",
        street="Rue Aristide-Briand",
        words="Le panneau du passage piéton penche.",
        days=6,
        outcome="accepted",
    ),
    Tale(
        code="marquage",
        street="Place de Lattre-de-Tassigny",
        words="On ne voit plus le passage piéton.",
        days=10,
        outcome="accepted",
    ),
    Tale(
        code="nid-de-poule",
        street="Mousset",
        words="Deux trous à l’entrée du hameau.",
        days=6,
        outcome="accepted",
    ),
    Tale(
        code="trottoir",
        street="Rue Saint-Martin",
        words="La bordure est descellée devant le garage.",
        days=5,
        outcome="accepted",
    ),
    Tale(
        code="avaloir",
        street="Trompeloup",
        words="L’eau reste sur la route après la pluie.",
        days=4,
        outcome="accepted",
    ),
)
THANKS = (
    "Bravo à l’équipe des espaces verts pour les massifs du quai.",
    "Merci pour la rapidité : signalé le lundi, réparé le jeudi.",
    "Le marché est impeccable une heure après la fin. Merci !",
)
WORDS = {
    "accepted": "C’est noté : l’équipe passe cette semaine.",
    "planned": "Les pavés sont commandés, la pose est prévue.",
    "in_progress": "Le nettoyage a commencé.",
    "contested": "C’est balayé.",
    "awaiting_reporter": "De quel côté de la route est cette haie ?",
    "forwarded": "Cette route dépend du Département : nous lui avons transmis.",
    "answered": "Cette route dépend du Département : nous lui avons transmis.",
    "lighting": "L’entreprise d’éclairage est prévenue.",
    "rejected": "L’équipe est passée deux fois, l’animal n’y était plus.",
    "reopened": "Tout est ramassé.",
    "transferred": "Ce fossé est à Lesparre-Médoc : nous avons remis votre signalement.",
}
TEMPLATES = (
    ("Bien reçu", "accepted", "Merci pour {reference}. Notre équipe passe cette semaine."),
    ("Prévu", "planned", "Les travaux sont prévus le {date}, {lieu}."),
    ("Transmis au Département", "forwarded", "Cette route dépend du Département, il est prévenu."),
    ("C’est réparé", "resolved", "C’est réparé, {lieu}. Merci de nous l’avoir signalé."),
    ("Terrain privé", "rejected", "Le lieu est privé : la mairie ne peut pas y intervenir."),
    ("Où précisément ?", "awaiting_reporter", "Pouvez-vous nous préciser l’endroit ?"),
)
ZONES = {  # south, west, north, east: cut along the outline of the commune
    "Centre et quais": (45.1940, -0.7520, 45.2045, -0.7150),
    "Bages et Saint-Lambert": (45.1600, -0.7800, 45.1940, -0.7150),
    "Le Pouyalet et Milon": (45.2045, -0.8000, 45.2350, -0.7590),
    "Trompeloup et Mousset": (45.2045, -0.7590, 45.2350, -0.7150),
}
FILTERS = (
    ("Voirie en retard", "categorie=Voirie&retard=1"),
    ("À relire avant publication", "relire=1&etat=ouverts"),
    ("Centre et quais, ce mois-ci", "etat=ouverts&tri=recent"),
)
