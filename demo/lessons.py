"""What the demo's association wrote for its communes: material, paths and their questions."""

from datetime import date
from typing import Any


OLD = date(2026, 9, 15)  # before its screen changed
GUIDES: tuple[dict[str, Any], ...] = (
    {
        "title": "Prendre un rendez-vous au téléphone en moins d’une minute",
        "summary": "Le motif, le nombre de personnes, le jour : dans cet ordre.",
        "roles": ["front_desk", "admin"],
        "topics": ["booking"],
        "screens": ["booking:agent:new", "booking:agent:today"],
        "minutes": 3,
        "text": "# Dans l’ordre de la conversation\n\n- Demandez d’abord pourquoi la personne"
        " vient.\n"
        "- Puis pour combien de personnes : chacune compte.\n- Proposez le premier créneau,"
        " puis un"
        " autre jour si besoin.\n\n# Avant de raccrocher\n\nLisez la liste des documents :"
        " c’est elle"
        " qui évite de revenir. Un courriel suffit pour qu’elle soit envoyée.",
    },
    {
        "title": "Tenir la journée : arrivées, absents, dossiers incomplets",
        "summary": "Ce que chaque bouton de la journée change, et pour qui.",
        "roles": ["front_desk"],
        "topics": ["booking"],
        "screens": ["booking:agent:today", "booking:agent:day"],
        "minutes": 5,
        "text": "Marquez l’arrivée dès que la personne se présente : l’attente est comptée à"
        " partir"
        " de là.\n\n- Venu : la visite est faite.\n- Absent : le créneau reste dans les"
        " chiffres.\n"
        "- Dossier incomplet : dites ce qui manque, la personne le reçoit par écrit.",
    },
    {
        "title": "Quand une station tombe en panne",
        "summary": "Prévenir tout le monde et proposer d’autres créneaux, en une fois.",
        "roles": ["front_desk", "admin"],
        "topics": ["booking"],
        "screens": ["booking:agent:outages"],
        "minutes": 4,
        "kind": "sheet",
        "text": "Déclarez la panne : les rendez-vous qui en dépendent sont listés. Proposez à"
        " chacun"
        " trois créneaux ; les personnes choisissent elles-mêmes.",
    },
    {
        "title": "Régler les horaires et les fermetures",
        "summary": "Plages de la semaine, vacances, jours fermés.",
        "roles": ["admin"],
        "topics": ["booking"],
        "screens": ["booking:agent:settings:hours", "booking:agent:settings:home"],
        "minutes": 6,
        "written_on": OLD,
        "text": "Une plage dit quand on reçoit, qui reçoit et pour quelles démarches. Une"
        " fermeture"
        " l’emporte toujours sur une plage.",
    },
    {
        "title": "Répondre à un signalement",
        "summary": "Prendre en charge, planifier, résoudre : la personne lit chaque étape.",
        "roles": ["dispatcher", "admin"],
        "topics": ["reports"],
        "screens": ["incidents:agent:report", "incidents:agent:list"],
        "minutes": 4,
        "text": "# Dites ce que vous faites\n\nChaque étape est lue par la personne qui a signalé."
        " Une phrase suffit : « L’équipe passe jeudi ».\n\n# Quand ce n’est pas à nous\n\n"
        "Transmettez : la personne sait alors à qui s’adresser.",
    },
    {
        "title": "Préparer la tournée sur le téléphone",
        "summary": "L’ordre des arrêts, la feuille, les réponses sur place.",
        "roles": ["dispatcher"],
        "topics": ["reports"],
        "screens": ["incidents:agent:rounds"],
        "minutes": 3,
        "kind": "video",
        "text": "La vidéo montre une tournée de six arrêts, du bureau à la rue.",
        "transcript": "Ouvrez Tournées. Choisissez les signalements du secteur. L’ordre est"
        " proposé ;"
        " déplacez un arrêt si besoin. Sur place, pressez Fait, Pas trouvé ou À revoir.",
    },
    {
        "title": "Saisir un signalement pour quelqu’un au guichet",
        "summary": "Le même formulaire, avec le nom de la personne en face de vous.",
        "roles": ["front_desk", "dispatcher"],
        "topics": ["reports"],
        "screens": ["incidents:agent:capture"],
        "minutes": 2,
        "kind": "faq",
        "text": "La personne n’a pas de courriel ? Imprimez-lui l’accusé de réception : il"
        " porte le"
        " code qui ouvre la page de suivi.",
    },
    {
        "title": "Lire les chiffres de sa commune",
        "summary": "Ce que chaque chiffre compte, et ce qu’il ne compte pas.",
        "roles": ["elected", "admin"],
        "topics": ["parvis"],
        "screens": ["booking:agent:figures", "incidents:agent:figures"],
        "minutes": 3,
        "text": "La part en ligne compte les rendez-vous pris sur le site, rapportés à tous"
        " ceux qui"
        " ont été pris. En dessous de vingt, rien n’est montré : ce serait du hasard.",
    },
    {
        "title": "Ma commune dans l’association",
        "summary": "Référent, idées, formations : où trouver quoi.",
        "roles": ["admin", "elected"],
        "topics": ["parvis"],
        "screens": ["onboarding:home"],
        "minutes": 2,
        "text": "Votre référent répond aux questions posées depuis chaque écran. Les idées se"
        " votent"
        " par commune : une commune, une voix.",
    },
)
YES_NO = ("Oui", "Non")


def ask(words: str, choices: tuple[str, ...], right: int, why: str) -> dict[str, Any]:
    """Write one question."""
    return {"ask": words, "choices": list(choices), "right": right, "why": why}


FRONT_DESK = [
    ask(
        "Une famille de trois vient pour trois cartes d’identité. Combien de personnes ?",
        ("Une", "Trois"),
        1,
        "Chaque titre demande son temps : comptez chaque personne.",
    ),
    ask(
        "La personne n’a pas de courriel. Peut-elle prendre rendez-vous ?",
        YES_NO,
        0,
        "Un nom et un téléphone suffisent.",
    ),
    ask(
        "Quand marquer l’arrivée ?",
        ("Quand elle entre", "Quand elle repart"),
        0,
        "L’attente se compte depuis l’arrivée.",
    ),
    ask(
        "Il manque un document. Que faire ?",
        ("Marquer absent", "Dossier incomplet"),
        1,
        "La personne reçoit par écrit ce qui manque.",
    ),
    ask(
        "Un habitant d’une autre commune peut-il venir ?",
        YES_NO,
        0,
        "Une carte ou un passeport se demande dans toute commune équipée.",
    ),
]
DISPATCHER = [
    ask(
        "Le trou est sur une route départementale.",
        ("Transmettre", "Non retenu"),
        0,
        "La personne saura qui s’en occupe.",
    ),
    ask(
        "Deux personnes signalent le même lampadaire.",
        ("Réunir", "Traiter deux fois"),
        0,
        "Les deux personnes seront tenues au courant.",
    ),
    ask(
        "La réparation attend une pièce. Faut-il le dire ?",
        YES_NO,
        0,
        "Le silence est ce qui fâche le plus.",
    ),
    ask(
        "Une photo montre une plaque.",
        ("La flouter", "La publier"),
        0,
        "Elle est floutée d’elle-même, vérifiez-le.",
    ),
    ask(
        "C’est réparé.",
        ("Résolu, avec une phrase", "Ne rien dire"),
        0,
        "La personne peut alors vous féliciter.",
    ),
]
ADMIN = [
    ask(
        "Une fermeture et une plage se contredisent.",
        ("La plage l’emporte", "La fermeture l’emporte"),
        1,
        "Une fermeture l’emporte toujours.",
    ),
    ask(
        "Un agent part.",
        ("Retirer son accès", "Donner son mot de passe"),
        0,
        "Chacun a son compte.",
    ),
    ask(
        "Qui voit les réponses de ce questionnaire ?",
        ("Moi seul", "Le maire"),
        0,
        "Personne d’autre.",
    ),
    ask(
        "Les textes de l’association changent.",
        ("Je peux garder les miens", "Ils remplacent les miens"),
        0,
        "Vos mots restent.",
    ),
    ask(
        "L’association lit-elle nos rendez-vous ?",
        YES_NO,
        1,
        "Elle ne reçoit que des nombres.",
    ),
]
# role, title, summary, steps: the place of a guide, questions, or an exercise
PATHS: tuple[tuple[str, str, str, tuple[tuple[str, Any], ...]], ...] = (
    (
        "front_desk",
        "Accueillir avec Parvis",
        "Deux lectures, cinq questions, deux exercices : une demi-heure.",
        (
            ("Prendre un rendez-vous", 0),
            ("Tenir la journée", 1),
            ("Cinq questions", FRONT_DESK),
            ("Un rendez-vous pour trois", "phone_for_three"),
            ("Marquer une visite", "honoured"),
        ),
    ),
    (
        "dispatcher",
        "Traiter les signalements",
        "Deux lectures, cinq questions, deux exercices.",
        (
            ("Répondre", 4),
            ("La tournée", 5),
            ("Cinq questions", DISPATCHER),
            ("Saisir un signalement", "report_entered"),
            ("Passer à Résolu", "report_resolved"),
        ),
    ),
    (
        "admin",
        "Administrer sa commune",
        "Régler, lire ses chiffres, s’entourer.",
        (("Les horaires", 3), ("Les chiffres", 7), ("Cinq questions", ADMIN)),
    ),
)
VERBATIMS = (
    "La liste du jour devrait s’imprimer en gros caractères pour le guichet.",
    "On ne sait pas qui a déjà appelé la personne : il faudrait le noter.",
    "",
    "Enfin un outil où l’on voit ce qui manque au dossier.",
    "",
    "Le téléphone sonne pendant la saisie : garder ce qui est déjà tapé serait bien.",
    "",
    "Prévoir une session le soir pour les élus.",
)
