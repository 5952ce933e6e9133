"""The texts that a commune accepts or takes to its council: versioned data, in French by law.

``{commune}`` and the like are filled in by :mod:`onboarding.legal`. Changing a word of what is
accepted changes its fingerprint: the communes are asked again.
"""

Part = tuple[str, str]
"""A heading and its text; paragraphs are parted by blank lines."""
AGREEMENT_VERSION = "2026-1"
AGREEMENT: tuple[Part, ...] = (
    (
        "Parties et objet",
        (
            "La commune de {commune} (code INSEE {insee}) est responsable du traitement."
            " {association} et l’exploitant de la plateforme Parvis agissent pour son compte,"
            " comme sous-traitants au sens de l’article 28 du règlement général sur la protection"
            " des données (RGPD).\n\nLe traitement sert à prendre des rendez-vous en mairie et à"
            " recevoir des signalements sur l’espace public."
        ),
    ),
    (
        "Données et personnes",
        (
            "Habitants : nom, courriel, téléphone, démarche, date et heure, numéro de"
            " pré-demande, texte, lieu et photos d’un signalement. Agents : nom, courriel"
            " professionnel, rôle, actions faites dans l’outil.\n\nAucune donnée sensible au sens"
            " de l’article 9 n’est demandée."
        ),
    ),
    (
        "Instructions",
        (
            "Les sous-traitants ne traitent les données que sur instruction de la commune, pour"
            " cet objet et pour la durée de son adhésion. Ils l’avertissent si une instruction"
            " leur paraît contraire au droit."
        ),
    ),
    (
        "Cloisonnement",
        (
            "Les données de chaque commune sont dans un schéma de base de données qui lui est"
            " propre. {association} n’a aucun accès aux données des habitants : elle ne reçoit"
            " que des nombres, et les petits nombres lui sont cachés."
        ),
    ),
    (
        "Confidentialité et sécurité",
        (
            "Les personnes qui interviennent sont tenues à la confidentialité. Connexions"
            " chiffrées, second facteur pour les administrateurs, sauvegardes chiffrées, journal"
            " des actions, mises à jour de sécurité, effacement automatique aux échéances"
            " convenues."
        ),
    ),
    (
        "Autres sous-traitants",
        (
            "L’hébergeur et le service d’envoi des messages sont dans l’Union européenne. La"
            " commune est prévenue un mois avant tout changement et peut s’y opposer."
        ),
    ),
    (
        "Droits des personnes",
        (
            "La commune répond aux demandes d’accès, de rectification, d’effacement, de"
            " limitation et d’opposition. L’outil lui en donne les moyens ; les sous-traitants"
            " lui transmettent sans délai toute demande qu’ils recevraient."
        ),
    ),
    (
        "Violation de données",
        (
            "Les sous-traitants avertissent la commune dans les 48 heures où ils en ont"
            " connaissance, avec ce qu’il faut pour notifier la CNIL et les personnes."
        ),
    ),
    (
        "Fin de la convention",
        (
            "La commune reçoit une archive complète de ses données dans un format ouvert. Ses"
            " données sont ensuite détruites, et un certificat lui est remis."
        ),
    ),
    (
        "Contrôle",
        (
            "Les sous-traitants tiennent à la disposition de la commune ce qui prouve le respect"
            " de cette convention, et permettent les audits qu’elle décide."
        ),
    ),
)
RETENTION_VERSION = "2026-1"
RETENTION: tuple[Part, ...] = (
    (
        "Créneau gardé sans confirmation",
        "10 minutes, 20 au plus.",
    ),
    (
        "Nom, courriel et téléphone d’un rendez-vous",
        "3 mois après le rendez-vous.",
    ),
    (
        "Numéro de pré-demande",
        "7 jours après le rendez-vous.",
    ),
    (
        "Rendez-vous sans la personne",
        "Service, date, façon de réserver : sans limite, pour compter.",
    ),
    (
        "Déclarant et textes d’un signalement",
        "12 mois après sa clôture.",
    ),
    (
        "Photos d’un signalement",
        "24 mois après sa clôture.",
    ),
    (
        "Signalement sans la personne",
        "5 ans après sa clôture.",
    ),
    (
        "Messages envoyés",
        "30 jours pour le texte, 6 mois pour la trace de l’envoi.",
    ),
)
APPROVAL_VERSION = "2026-1"
APPROVAL: tuple[Part, ...] = (
    (
        "Ce qui est homologué",
        (
            "Le service Parvis tel que la commune de {commune} l’emploie : prise de rendez-vous"
            " et signalements, sur un domaine qui lui est réservé. Cadre : référentiel général de"
            " sécurité, décret 2010-112, ordonnance 2005-1516."
        ),
    ),
    (
        "Besoins de sécurité",
        (
            "Disponibilité : une interruption d’une journée est tolérable, l’accueil continue par"
            " téléphone. Intégrité : un créneau ne doit jamais être donné deux fois."
            " Confidentialité : les coordonnées d’un habitant ne sont vues que des agents de sa"
            " mairie. Preuve : chaque changement d’un dossier garde son auteur et sa date."
        ),
    ),
    (
        "Risques principaux",
        (
            "Vol d’un compte d’agent ; lecture des données d’une autre commune ; envoi massif de"
            " formulaires ; dépôt d’un fichier malveillant ; indisponibilité de l’hébergeur."
        ),
    ),
    (
        "Mesures en place",
        (
            "Second facteur pour les administrateurs ; un schéma et un rôle de base de données"
            " par commune ; limites de débit ; images recodées et débarrassées de leur position ;"
            " sauvegardes quotidiennes restaurées à blanc ; politique de sécurité de contenu"
            " stricte, aucun traceur, aucune ressource d’un autre site."
        ),
    ),
    (
        "Risques résiduels acceptés",
        (
            "Un agent habilité peut lire les rendez-vous de sa commune : ses actions sont"
            " journalisées. Un message électronique peut se perdre : la référence du rendez-vous"
            " suffit à la mairie pour le retrouver."
        ),
    ),
    (
        "Décision",
        (
            "La maire ou le maire de {commune} homologue ce service pour trois ans à la date"
            " portée ci-dessus, et réexamine cette décision à tout changement important."
        ),
    ),
)
DELIBERATION: tuple[Part, ...] = (
    (
        "Objet",
        "Adhésion de la commune de {commune} au service Parvis proposé par {association}.",
    ),
    (
        "Le conseil municipal",
        (
            "Vu le code général des collectivités territoriales, notamment son article L."
            " 2121-29 ;\n\nVu le règlement (UE) 2016/679 du 27 avril 2016, notamment son article"
            " 28 ;\n\nVu la loi n° 2005-102 du 11 février 2005, notamment son article 47 ;\n\n"
            "Considérant que la commune compte {population} habitants et souhaite leur permettre"
            " de prendre rendez-vous en ligne, de savoir quelles pièces apporter et de signaler"
            " un problème sur l’espace public ;"
        ),
    ),
    (
        "Après en avoir délibéré, décide",
        (
            "Article 1er : d’adhérer au service Parvis.\n\nArticle 2 : d’autoriser le maire à"
            " signer la convention de service et la convention de traitement des données.\n\n"
            "Article 3 : d’inscrire la dépense correspondante au budget, chapitre 65, article"
            " 6512 (droits d’utilisation – informatique en nuage)."
        ),
    ),
    (
        "Vote",
        "Pour :            Contre :            Abstentions :",
    ),
)
CONVENTION: tuple[Part, ...] = (
    (
        "Entre",
        (
            "{association}, et la commune de {commune}, {adresse}, SIRET {siret}, représentée par"
            " son maire."
        ),
    ),
    (
        "Objet",
        (
            "L’association met à la disposition de la commune le service Parvis, l’aide à le"
            " mettre en route, forme ses agents et l’accompagne."
        ),
    ),
    (
        "Engagements de l’association",
        (
            "Un référent nommé et son remplaçant, joignables aux heures de bureau ; une formation"
            " sur place ; une bibliothèque de modèles tenue à jour ; la mesure de l’usage, en"
            " nombres."
        ),
    ),
    (
        "Engagements de la commune",
        (
            "Tenir à jour ses horaires et ses fermetures ; répondre aux signalements ; garder"
            " deux administrateurs au moins ; informer ses habitants."
        ),
    ),
    (
        "Durée et fin",
        (
            "Un an, renouvelé tacitement. Chaque partie peut y mettre fin avec un préavis de deux"
            " mois. La commune repart avec une archive complète de ses données."
        ),
    ),
    (
        "Signatures",
        "Pour l’association :\n\nPour la commune :",
    ),
)
REGISTER: tuple[Part, ...] = (
    (
        "Nom du traitement",
        "Prise de rendez-vous en mairie et signalements des habitants.",
    ),
    (
        "Responsable du traitement",
        "Commune de {commune}, {adresse}, {telephone}, {courriel}.",
    ),
    (
        "Délégué à la protection des données",
        "{dpo}, {dpo_courriel}.",
    ),
    (
        "Finalités",
        (
            "Organiser l’accueil en mairie ; informer l’habitant de son rendez-vous ; traiter les"
            " signalements ; compter l’activité sans savoir de qui."
        ),
    ),
    (
        "Base légale",
        "Mission d’intérêt public (article 6, paragraphe 1, point e, du RGPD).",
    ),
    (
        "Personnes et données",
        (
            "Habitants : identité, coordonnées, démarche, date, numéro de pré-demande, texte et"
            " photos d’un signalement. Agents : identité, coordonnées professionnelles, journal"
            " des actions."
        ),
    ),
    (
        "Destinataires",
        (
            "Les agents habilités de la commune. L’association des maires ne reçoit que des"
            " nombres."
        ),
    ),
    (
        "Transferts hors de l’Union européenne",
        "Aucun.",
    ),
    (
        "Durées de conservation",
        "{durees}",
    ),
    (
        "Sécurité",
        (
            "Cloisonnement par commune, second facteur des administrateurs, chiffrement des"
            " connexions et des sauvegardes, journal, effacement automatique."
        ),
    ),
)
