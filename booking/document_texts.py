"""Say in words what documents, questions and answers are: French here, other languages by gettext.

Keys are those of :mod:`booking.documents` and :mod:`booking.situations`. Each text about a title
names its sheets of service-public.fr, to be compared with them once a year.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class DocumentText:
    """What the citizen reads about one document."""

    title: Promise
    explanation: Promise | str = ""
    before: Promise | str = ""
    """What to do or buy before coming."""
    sheets: tuple[str, ...] = ()
    """Where the rule is written: numbers of the sheets of service-public.fr."""


DOCUMENT_TEXTS: dict[str, DocumentText] = {
    "pre_demande": DocumentText(
        _("Numéro de pré-demande ou son code QR"),
        explanation=_(
            "Il vous est donné à la fin de la pré-demande en ligne, imprimé ou sur votre "
            "téléphone."
        ),
        before=_("Faites la pré-demande sur le site de France Titres."),
        sheets=("F1341", "F14929"),
    ),
    "paper_form": DocumentText(
        _("Formulaire papier rempli au guichet"),
        explanation=_(
            "Le formulaire cartonné vous est remis au guichet. Écrivez au stylo noir, en "
            "majuscules."
        ),
        sheets=("F1341", "F14929"),
    ),
    "photo": DocumentText(
        _("Photo d’identité de moins de 6 mois"),
        explanation=_(
            "35 mm de large et 45 mm de haut, visage de 32 à 36 mm, fond clair, de face, "
            "tête nue, non découpée."
        ),
        before=_("Faites-la chez un photographe ou dans une cabine agréée."),
        sheets=("F1341", "F14929"),
    ),
    "proof_address": DocumentText(
        _("Justificatif de domicile de moins d’un an"),
        explanation=_(
            "Facture de téléphone, d’électricité, de gaz ou d’eau, avis d’imposition, "
            "quittance de loyer d’une agence, assurance du logement ou attestation de la "
            "CAF. L’original ou une facture imprimée ; un code 2D-Doc ne peut pas être "
            "refusé."
        ),
        sheets=("F1341", "F14929"),
    ),
    "justif_adresse": DocumentText(
        _("Justificatif de domicile : rien à apporter"),
        explanation=_(
            "Votre adresse est vérifiée auprès de votre fournisseur d’énergie, si le "
            "contrat est à votre nom de naissance."
        ),
        before=_("Choisissez Justif’Adresse pendant la pré-demande."),
        sheets=("F1341", "F14929"),
    ),
    "host_letter": DocumentText(
        _("Lettre de la personne qui vous héberge"),
        explanation=_(
            "Datée et signée, elle indique que vous habitez chez elle de manière stable ou "
            "depuis plus de 3 mois."
        ),
        sheets=("F1341", "F14929"),
    ),
    "host_proof": DocumentText(
        _("Justificatif de domicile de la personne qui vous héberge"),
        explanation=_("De moins d’un an, à son nom."),
        sheets=("F1341", "F14929"),
    ),
    "host_id": DocumentText(
        _("Copie de la pièce d’identité de la personne qui vous héberge"),
        explanation=_("Sa carte d’identité ou son passeport."),
        sheets=("F1341", "F14929"),
    ),
    "old_title": DocumentText(
        _("Le titre à remplacer"),
        explanation=_("L’original. Vous le rendez au plus tard en retirant le nouveau."),
        sheets=("F21089", "F21091"),
    ),
    "other_title": DocumentText(
        _("L’autre titre d’identité que vous possédez"),
        explanation=_(
            "L’original de votre carte d’identité ou de votre passeport, valide ou périmé "
            "depuis peu : il évite de fournir un acte de naissance."
        ),
        sheets=("F1341", "F14929"),
    ),
    "birth_certificate": DocumentText(
        _("Acte de naissance de moins de 3 mois"),
        explanation=_("Copie intégrale ou extrait avec filiation."),
        before=_("Demandez-le gratuitement à la mairie du lieu de naissance."),
        sheets=("F1341", "F14929"),
    ),
    "nationality": DocumentText(
        _("Justificatif de nationalité française"),
        explanation=_("Certificat de nationalité, décret ou déclaration, selon votre cas."),
        sheets=("F1341", "F14929"),
    ),
    "loss_declaration": DocumentText(
        _("Déclaration de perte"),
        explanation=_("Vous pouvez la faire au guichet, en même temps que la demande."),
        sheets=("F1344", "F21246"),
    ),
    "theft_declaration": DocumentText(
        _("Déclaration de vol"),
        explanation=_("Elle est faite au commissariat ou à la gendarmerie."),
        before=_("Faites-la avant de venir."),
        sheets=("F1759", "F21247"),
    ),
    "photo_document": DocumentText(
        _("Un autre document avec votre photo"),
        explanation=_(
            "Permis de conduire, carte Vitale, carte d’étudiant ou tout autre document avec photo."
        ),
        sheets=("F1344", "F1759"),
    ),
    "tax_stamp": DocumentText(
        _("Timbre fiscal"),
        explanation=_("Imprimé ou sur votre téléphone, au prix du jour du rendez-vous."),
        before=_("Achetez-le sur timbres.impots.gouv.fr ou dans un bureau de tabac."),
        sheets=("F14929", "F14930", "F1344"),
    ),
    "parent_id": DocumentText(
        _("Pièce d’identité du parent présent"),
        explanation=_(
            "L’original. La personne qui exerce l’autorité parentale accompagne l’enfant, "
            "quel que soit son âge."
        ),
        sheets=("F1342", "F14930"),
    ),
    "custody_decision": DocumentText(
        _("Décision ou convention de garde"),
        explanation=_("Jugement ou convention qui fixe la résidence alternée."),
        sheets=("F1342", "F14930"),
    ),
    "both_parents_address": DocumentText(
        _("Justificatif de domicile de chacun des parents"),
        explanation=_("Un par parent, de moins d’un an : les deux adresses sont inscrites."),
        sheets=("F1342", "F14930"),
    ),
    "both_parents_id": DocumentText(
        _("Pièce d’identité des deux parents"),
        explanation=_("L’original pour le parent présent, une copie pour l’autre."),
        sheets=("F1342", "F14930"),
    ),
    "protection_judgment": DocumentText(
        _("Jugement de curatelle ou de tutelle"),
        explanation=_("L’original ou une copie."),
        sheets=("F1341", "F14929"),
    ),
    "guardian_id": DocumentText(
        _("Pièce d’identité du curateur ou du tuteur"),
        explanation=_("L’original s’il est présent, sinon une copie."),
        sheets=("F1341", "F14929"),
    ),
    "guardian_presence": DocumentText(
        _("Présence du tuteur ou son attestation"),
        explanation=_("Le tuteur vient avec vous, ou vous remet une attestation signée."),
        sheets=("F1341", "F14929"),
    ),
    "marriage_proof": DocumentText(
        _("Acte de mariage ou livret de famille"),
        explanation=_(
            "Il justifie le nom d’usage ou le changement d’état civil. L’acte a moins de 3 mois."
        ),
        sheets=("F21089", "F21091"),
    ),
    "ex_spouse_agreement": DocumentText(
        _("Jugement de divorce et accord de l’ex-époux"),
        explanation=_(
            "Le jugement qui autorise l’usage du nom, ou l’accord écrit de l’ex-époux avec "
            "sa pièce d’identité."
        ),
        sheets=("F21089", "F21091"),
    ),
    "spouse_death": DocumentText(
        _("Acte de décès de l’époux"),
        explanation=_("Ou le livret de famille à jour."),
        sheets=("F21089", "F21091"),
    ),
    "other_parent_name": DocumentText(
        _("Justificatifs du nom de l’autre parent"),
        explanation=_(
            "Acte de naissance ou livret de famille ; pour un mineur, l’accord de l’autre parent."
        ),
        sheets=("F1342", "F14930"),
    ),
    "travel_proof": DocumentText(
        _("Justificatif d’un voyage à venir"),
        explanation=_("Réservation ou billet pour un pays qui accepte la carte d’identité."),
        sheets=("F21089",),
    ),
    "identity": DocumentText(
        _("Pièce d’identité"),
        explanation=_("Carte d’identité, passeport ou titre de séjour, en original."),
    ),
    "proof_address_3_months": DocumentText(
        _("Justificatif de domicile de moins de 3 mois"),
        explanation=_("Facture, quittance de loyer ou avis d’imposition."),
    ),
    "address_proof": DocumentText(
        _("Justificatif de domicile"),
        explanation=_("Facture, quittance de loyer ou avis d’imposition, récent."),
    ),
    "address_proof_if_any": DocumentText(
        _("Justificatif de domicile, si vous en avez un"),
        explanation=_("Au nom des parents pour un jeune qui habite chez eux."),
    ),
    "birth_record_if_born": DocumentText(
        _("Acte de naissance de l’enfant ou livret de famille"),
        explanation=_("Seulement si l’enfant est déjà né."),
    ),
    "birth_certificate_3_months": DocumentText(
        _("Acte de naissance de moins de 3 mois"),
        explanation=_("Copie intégrale."),
        before=_("Demandez-le gratuitement à la mairie du lieu de naissance."),
    ),
    "birth_certificates": DocumentText(
        _("Acte de naissance de chacun des deux"),
        explanation=_("De moins de 3 mois ; moins de 6 mois s’il vient de l’étranger."),
        before=_("Demandez-les gratuitement à la mairie du lieu de naissance."),
    ),
    "both_identities": DocumentText(
        _("Pièce d’identité de chacun des deux"),
        explanation=_("En original."),
    ),
    "pacs_agreement": DocumentText(
        _("Convention de PACS"),
        explanation=_("Signée par les deux, ou le formulaire 15726."),
        before=_("Remplissez-la à deux avant de venir."),
    ),
    "pacs_declaration": DocumentText(
        _("Déclaration conjointe de PACS"),
        explanation=_("Formulaire 15725, avec l’attestation sur l’honneur de résidence commune."),
        before=_("Remplissez-la à deux avant de venir."),
    ),
    "family_book": DocumentText(
        _("Livret de famille"),
        explanation=_("En original."),
    ),
    "family_book_if_any": DocumentText(
        _("Livret de famille, si vous en avez un"),
        explanation=_("En original."),
    ),
    "end_of_former_union": DocumentText(
        _("Preuve de la fin d’une union précédente"),
        explanation=_(
            "Acte de divorce ou de décès, ou livret de famille à jour, si vous avez été "
            "marié ou pacsé."
        ),
    ),
    "domicile_proof": DocumentText(
        _("Preuve de domicile ou de résidence dans la commune"),
        explanation=_("Une par futur époux, ou celle d’un parent qui habite la commune."),
    ),
    "witnesses": DocumentText(
        _("Liste et pièces d’identité des témoins"),
        explanation=_("De 2 à 4 témoins majeurs ; une copie de leur pièce d’identité suffit."),
    ),
    "notary_certificate": DocumentText(
        _("Certificat du notaire"),
        explanation=_("Seulement si vous faites un contrat de mariage."),
    ),
    "foreign_capacity_certificate": DocumentText(
        _("Certificat de coutume ou de capacité"),
        explanation=_("Pour un futur époux de nationalité étrangère."),
        before=_("Demandez-le à son consulat."),
    ),
    "document_to_sign": DocumentText(
        _("Le document à signer"),
        explanation=_("Ne le signez pas avant : la signature se fait devant l’agent."),
    ),
    "identity_with_signature": DocumentText(
        _("Pièce d’identité qui porte votre signature"),
        explanation=_("Sans elle, venez avec deux témoins munis de leur pièce d’identité."),
    ),
    "occupancy_title": DocumentText(
        _("Titre de propriété ou bail"),
        explanation=_("Il prouve que vous occupez le logement."),
    ),
    "income_proof": DocumentText(
        _("Justificatifs de ressources"),
        explanation=_("Dernier avis d’imposition ou trois derniers bulletins de salaire."),
    ),
    "rent_receipt": DocumentText(
        _("Quittance de loyer"),
        explanation=_("La plus récente."),
    ),
    "visitor_passport": DocumentText(
        _("Identité et passeport de la personne accueillie"),
        explanation=_("Nom, adresse, numéro de passeport et dates du séjour."),
    ),
    "hosting_stamp": DocumentText(
        _("Timbre fiscal de 30 €"),
        explanation=_("Imprimé ou sur votre téléphone."),
        before=_("Achetez-le sur timbres.impots.gouv.fr ou dans un bureau de tabac."),
    ),
    "first_name_evidence": DocumentText(
        _("Preuves de l’intérêt légitime"),
        explanation=_("Ce qui montre que vous portez déjà ce prénom ou que l’actuel vous nuit."),
    ),
    "name_change_form": DocumentText(
        _("Formulaire de changement de nom"),
        explanation=_("Formulaire 16229."),
        before=_("Remplissez-le avant de venir."),
    ),
    "medical_certificate_birth": DocumentText(
        _("Certificat de naissance"),
        explanation=_("Remis par la maternité, le médecin ou la sage-femme."),
    ),
    "medical_certificate_death": DocumentText(
        _("Certificat de décès"),
        explanation=_("Remis par le médecin."),
    ),
    "deceased_papers": DocumentText(
        _("Papiers de la personne décédée"),
        explanation=_("Pièce d’identité ou livret de famille."),
    ),
    "parcel_reference": DocumentText(
        _("Référence de la parcelle"),
        explanation=_("Section et numéro du cadastre."),
        before=_("Vous la trouvez sur cadastre.gouv.fr."),
    ),
    "plans": DocumentText(
        _("Plans ou croquis du projet"),
        explanation=_("Même à main levée, avec les dimensions."),
    ),
    "vaccinations": DocumentText(
        _("Carnet de vaccination"),
        explanation=_("Les pages des vaccins obligatoires."),
    ),
    "kinship_proof": DocumentText(
        _("Justificatif du lien de parenté"),
        explanation=_("Livret de famille ou acte notarié."),
    ),
    "insurance_certificate": DocumentText(
        _("Attestation d’assurance"),
        explanation=_("Responsabilité civile, pour la date de la location."),
    ),
    "vehicle_registration": DocumentText(
        _("Certificat d’immatriculation du véhicule"),
        explanation=_("La carte grise, à votre nom et à votre adresse."),
    ),
    "collection_message": DocumentText(
        _("Message qui annonce l’arrivée du titre"),
        explanation=_("Le SMS reçu, ou le récépissé de dépôt de la demande."),
    ),
    "old_title_back": DocumentText(
        _("Ancien titre"),
        explanation=_("Il est rendu en échange du nouveau, si ce n’est déjà fait."),
    ),
}

QUESTION_TEXTS: dict[str, Promise] = {
    "age": _("Quel âge la personne aura-t-elle le jour du rendez-vous ?"),
    "motive": _("Pourquoi demander ce titre ?"),
    "old_title": _("Où en est le titre à remplacer ?"),
    "other_title": _("Existe-t-il une autre carte d’identité ou un autre passeport ?"),
    "housing": _("Comment justifier l’adresse ?"),
    "parents": _("Comment vivent les parents ?"),
    "birth_place": _("Où la naissance a-t-elle été enregistrée ?"),
    "nationality": _("La nationalité française est-elle déjà établie ?"),
    "protection": _("La personne est-elle protégée par un juge ?"),
    "usage_name": _("Quel nom d’usage inscrire sur le titre ?"),
    "pre_application": _("La pré-demande en ligne est-elle faite ?"),
}

CHOICE_TEXTS: dict[tuple[str, str], Promise] = {
    ("age", "adult"): _("18 ans ou plus"),
    ("age", "15-17"): _("De 15 à 17 ans"),
    ("age", "12-14"): _("De 12 à 14 ans"),
    ("age", "0-11"): _("Moins de 12 ans"),
    ("motive", "first"): _("Première demande"),
    ("motive", "renewal"): _("Renouvellement"),
    ("motive", "loss"): _("Perte"),
    ("motive", "theft"): _("Vol"),
    ("motive", "civil_status"): _("Changement d’état civil"),
    ("motive", "usage_name"): _("Changement de nom d’usage"),
    ("motive", "address"): _("Changement d’adresse"),
    ("motive", "error"): _("Erreur de l’administration sur le titre"),
    ("motive", "digital_identity"): _("Carte au nouveau format pour l’identité numérique"),
    ("old_title", "valid"): _("Valide"),
    ("old_title", "long_valid"): _("Valide encore plus d’un an"),
    ("old_title", "expired_recently"): _("Périmé depuis moins de 2 ans"),
    ("old_title", "expired_secure"): _(
        "Périmé depuis 2 à 5 ans, au format carte plastique, biométrique ou électronique"
    ),
    ("old_title", "expired_long"): _("Périmé depuis plus longtemps"),
    ("old_title", "none"): _("Je ne peux pas le rendre"),
    ("other_title", "none"): _("Non"),
    ("other_title", "valid"): _("Valide"),
    ("other_title", "expired_recently"): _("Périmé depuis moins de 2 ans"),
    ("other_title", "expired_secure"): _(
        "Périmé depuis 2 à 5 ans, au format carte plastique, biométrique ou électronique"
    ),
    ("other_title", "expired_long"): _("Périmé depuis plus longtemps"),
    ("housing", "own"): _("Un justificatif à son nom"),
    ("housing", "justif_adresse"): _("Justif’Adresse, déclaré dans la pré-demande"),
    ("housing", "hosted"): _("Hébergé chez quelqu’un"),
    ("parents", "together"): _("Ensemble"),
    ("parents", "separated"): _("Séparés, l’enfant a une seule adresse"),
    ("parents", "alternating"): _("Séparés, l’enfant a deux adresses"),
    ("birth_place", "connected"): _("En France, dans une commune reliée à l’état civil en ligne"),
    ("birth_place", "other"): _("En France, dans une autre commune"),
    ("birth_place", "abroad"): _("À l’étranger"),
    ("nationality", "ordinary"): _("Oui, comme pour la plupart des personnes"),
    ("nationality", "particular"): _(
        "Non, par exemple né à l’étranger de parents nés à l’étranger"
    ),
    ("protection", "none"): _("Non"),
    ("protection", "curatelle"): _("Curatelle"),
    ("protection", "tutelle"): _("Tutelle"),
    ("usage_name", "none"): _("Aucun"),
    ("usage_name", "spouse"): _("Le nom de l’époux ou de l’épouse"),
    ("usage_name", "ex_spouse"): _("Le nom de l’ex-époux ou de l’ex-épouse"),
    ("usage_name", "widowed"): _("Le nom de l’époux décédé ou de l’épouse décédée"),
    ("usage_name", "other_parent"): _("Le nom de l’autre parent"),
    ("pre_application", "done"): _("Oui"),
    ("pre_application", "none"): _("Non, formulaire papier au guichet"),
}
"""By question and answer."""
