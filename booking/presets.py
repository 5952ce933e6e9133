"""A commune's first configuration as plain values: what most French town halls offer.

Lengths are starting values: twenty minutes for one person, ten more for each other one (a family
does not take so many times the length of one person).
"""

from dataclasses import dataclass, field
from datetime import time

from booking.documents import SERVICE_DOCUMENTS


FAMILY = (20, 30, 40, 50, 60)
FAMILY_BOTH = (30, 45, 60, 75, 90)
Hours = tuple[tuple[time, time], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePreset:
    """A service to offer; ``minutes`` for 1, 2, 3… persons."""

    slug: str
    name: str
    name_en: str
    text: str
    text_en: str
    icon: str
    minutes: tuple[int, ...]
    titles: str = ""
    documents: tuple[str, ...] = ()
    is_online: bool = True
    is_active: bool = True
    is_collection: bool = False
    needs_no_document: bool = False
    is_confidential: bool = False
    has_waiting_list: bool = True
    terms: str = ""
    next: "NextService | None" = None
    """What follows it, another day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextService:
    """The service of a second appointment, so many days after the first."""

    slug: str
    min_days: int
    max_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """Services, counters and weekly hours (0 is Monday), in local wall time.

    With ``stations``, identity documents take one of them together with a counter.
    """

    services: tuple[ServicePreset, ...]
    counters: tuple[str, ...]
    stations: tuple[str, ...] = ()
    hours: dict[int, Hours] = field(default_factory=dict)
    step_minutes: int = 20


CARD = ServicePreset(
    slug="carte-identite",
    name="Carte d’identité",
    name_en="Identity card",
    text="Première demande, renouvellement, perte ou vol",
    text_en="First application, renewal, loss or theft",
    icon="id-card",
    titles="CNI",
    minutes=FAMILY,
)
PASSPORT = ServicePreset(
    slug="passeport",
    name="Passeport",
    name_en="Passport",
    text="Première demande, renouvellement, perte ou vol",
    text_en="First application, renewal, loss or theft",
    icon="book-user",
    titles="PASSPORT",
    minutes=FAMILY,
)
BOTH = ServicePreset(
    slug="carte-identite-et-passeport",
    name="Carte d’identité et passeport",
    name_en="Identity card and passport",
    text="Les deux titres en un seul rendez-vous",
    text_en="Both documents in one appointment",
    icon="files",
    titles="CNI-PASSPORT",
    minutes=FAMILY_BOTH,
)
RECOGNITION = ServicePreset(
    slug="reconnaissance-enfant",
    name="Reconnaissance d’un enfant",
    name_en="Recognition of a child",
    text="Avant ou après la naissance, sur place",
    text_en="Before or after birth, in person",
    icon="baby",
    minutes=(20,),
    documents=SERVICE_DOCUMENTS["child_recognition"],
)
PACS = ServicePreset(
    slug="pacs",
    name="Dossier de PACS",
    name_en="Civil partnership (PACS) file",
    text="Dépôt du dossier, les deux partenaires présents",
    text_en="Filing the papers, both partners present",
    icon="heart-handshake",
    minutes=(30,),
    documents=SERVICE_DOCUMENTS["pacs"],
    next=NextService(slug="pacs-signature", min_days=1, max_days=90),
)
MARRIAGE = ServicePreset(
    slug="mariage",
    name="Dossier de mariage",
    name_en="Marriage file",
    text="Dépôt du dossier, un à deux mois avant la cérémonie",
    text_en="Filing the papers, one or two months before the ceremony",
    icon="gem",
    minutes=(45,),
    documents=SERVICE_DOCUMENTS["marriage"],
)
CENSUS = ServicePreset(
    slug="recensement-citoyen",
    name="Recensement citoyen à 16 ans",
    name_en="Citizen census at 16",
    text="Entre le 16e anniversaire et les trois mois qui suivent",
    text_en="Between the 16th birthday and three months later",
    icon="flag",
    minutes=(10,),
    documents=SERVICE_DOCUMENTS["citizen_census"],
)
SIGNATURE = ServicePreset(
    slug="legalisation-signature",
    name="Légalisation de signature",
    name_en="Certification of a signature",
    text="Signer un document devant un agent",
    text_en="Sign a document in front of an officer",
    icon="pen-line",
    minutes=(10,),
    documents=SERVICE_DOCUMENTS["signature_certification"],
)
COLLECTION = ServicePreset(
    slug="remise-de-titre",
    name="Retrait d’une carte ou d’un passeport",
    name_en="Collecting a card or a passport",
    text="Quand la mairie vous a prévenu que votre titre est arrivé",
    text_en="Once the town hall has told you that it has arrived",
    icon="package-check",
    minutes=(10, 15, 20, 25, 30),
    documents=SERVICE_DOCUMENTS["titles_collection"],
    is_online=False,  # by the link of the message
    is_collection=True,
    has_waiting_list=False,
)
PACS_SIGNATURE = ServicePreset(
    slug="pacs-signature",
    name="Signature du PACS",
    name_en="Signing a civil partnership (PACS)",
    text="Une fois le dossier déposé, les deux partenaires présents",
    text_en="Once the file is complete, both partners present",
    icon="signature",
    minutes=(30,),
    documents=("both_identities",),
    is_online=False,
    has_waiting_list=False,
)
HOSTING = ServicePreset(
    slug="attestation-accueil",
    name="Attestation d’accueil",
    name_en="Hosting certificate",
    text="Recevoir un visiteur étranger, dans la commune où vous habitez",
    text_en="Receiving a foreign visitor, where you live",
    icon="door-open",
    minutes=(30,),
    documents=SERVICE_DOCUMENTS["hosting_certificate"],
    is_active=False,
    next=NextService(slug="attestation-accueil-retrait", min_days=7, max_days=60),
)
HOSTING_COLLECTION = ServicePreset(
    slug="attestation-accueil-retrait",
    name="Retrait d’une attestation d’accueil",
    name_en="Collecting a hosting certificate",
    text="Quand elle est signée",
    text_en="Once it is signed",
    icon="stamp",
    minutes=(10,),
    documents=SERVICE_DOCUMENTS["hosting_certificate_collection"],
    is_active=False,
    is_online=False,
    has_waiting_list=False,
)
FIRST_NAME = ServicePreset(
    slug="changement-de-prenom",
    name="Changement de prénom",
    name_en="Change of first name",
    text="Dépôt de la demande, en personne",
    text_en="Filing the request, in person",
    icon="pencil",
    minutes=(45,),
    documents=SERVICE_DOCUMENTS["first_name_change"],
    is_active=False,
)
NAME = ServicePreset(
    slug="changement-de-nom",
    name="Changement de nom",
    name_en="Change of family name",
    text="Demande, puis confirmation au moins un mois plus tard",
    text_en="Request, then confirmation at least a month later",
    icon="book-open",
    minutes=(20,),
    documents=SERVICE_DOCUMENTS["name_change"],
    is_active=False,
    next=NextService(slug="changement-de-nom-confirmation", min_days=31, max_days=365),
)
NAME_CONFIRMATION = ServicePreset(
    slug="changement-de-nom-confirmation",
    name="Confirmation d’un changement de nom",
    name_en="Confirming a change of family name",
    text="Au moins un mois après la demande",
    text_en="At least a month after the request",
    icon="badge-check",
    minutes=(20,),
    documents=SERVICE_DOCUMENTS["name_change_confirmation"],
    is_active=False,
    is_online=False,
    has_waiting_list=False,
)
BIRTH = ServicePreset(
    slug="declaration-de-naissance",
    name="Déclaration de naissance",
    name_en="Declaring a birth",
    text="Dans les cinq jours qui suivent la naissance",
    text_en="Within five days of the birth",
    icon="baby",
    minutes=(20,),
    documents=SERVICE_DOCUMENTS["birth_declaration"],
    is_active=False,
)
DEATH = ServicePreset(
    slug="declaration-de-deces",
    name="Déclaration de décès",
    name_en="Declaring a death",
    text="Dans les vingt-quatre heures",
    text_en="Within twenty-four hours",
    icon="flower-2",
    minutes=(20,),
    documents=SERVICE_DOCUMENTS["death_declaration"],
    is_active=False,
    is_online=False,
)
ELECTORAL_ROLL = ServicePreset(
    slug="liste-electorale",
    name="Inscription sur la liste électorale",
    name_en="Joining the electoral roll",
    text="Aussi possible en ligne sur service-public.fr",
    text_en="Also possible online at service-public.fr",
    icon="vote",
    minutes=(10,),
    documents=SERVICE_DOCUMENTS["electoral_roll"],
    is_active=False,
)
FAMILY_BOOK = ServicePreset(
    slug="livret-de-famille",
    name="Duplicata du livret de famille",
    name_en="Copy of the family record book",
    text="Perte, vol ou séparation",
    text_en="Loss, theft or separation",
    icon="book-copy",
    minutes=(10,),
    documents=SERVICE_DOCUMENTS["family_book_copy"],
    is_active=False,
)
CIVIL_CERTIFICATE = ServicePreset(
    slug="acte-etat-civil",
    name="Copie d’un acte d’état civil",
    name_en="Copy of a civil registry record",
    text="Naissance, mariage ou décès dans la commune",
    text_en="Birth, marriage or death in the commune",
    icon="file-text",
    minutes=(10,),
    documents=SERVICE_DOCUMENTS["civil_certificate"],
    is_active=False,
)
PLANNING = ServicePreset(
    slug="conseil-urbanisme",
    name="Conseil en urbanisme",
    name_en="Planning advice",
    text="Avant un permis ou une déclaration préalable",
    text_en="Before a building permit or a prior declaration",
    icon="drafting-compass",
    minutes=(30,),
    documents=SERVICE_DOCUMENTS["planning_advice"],
    is_active=False,
)
SOCIAL = ServicePreset(
    slug="aide-sociale",
    name="Aide sociale (CCAS)",
    name_en="Social support",
    text="Entretien confidentiel",
    text_en="A confidential interview",
    icon="hand-heart",
    minutes=(45,),
    documents=SERVICE_DOCUMENTS["social_support"],
    is_active=False,
    is_confidential=True,
)
SCHOOL = ServicePreset(
    slug="inscription-scolaire",
    name="Inscription à l’école",
    name_en="School enrolment",
    text="École, cantine et accueil du soir",
    text_en="School, canteen and after-school care",
    icon="school",
    minutes=(20,),
    documents=SERVICE_DOCUMENTS["school_enrolment"],
    is_active=False,
)
GRAVE = ServicePreset(
    slug="concession-cimetiere",
    name="Concession au cimetière",
    name_en="Cemetery plot",
    text="Achat ou renouvellement",
    text_en="Purchase or renewal",
    icon="trees",
    minutes=(30,),
    documents=SERVICE_DOCUMENTS["grave_concession"],
    is_active=False,
)
HALL = ServicePreset(
    slug="salle-municipale",
    name="Location d’une salle municipale",
    name_en="Hiring a municipal hall",
    text="Visite, caution et remise des clés",
    text_en="Visit, deposit and keys",
    icon="key-round",
    minutes=(20,),
    documents=SERVICE_DOCUMENTS["hall_booking"],
    is_active=False,
)
PARKING = ServicePreset(
    slug="carte-de-stationnement",
    name="Carte de stationnement",
    name_en="Parking permit",
    text="Habitants du secteur réglementé",
    text_en="For residents of the regulated area",
    icon="square-parking",
    minutes=(15,),
    documents=SERVICE_DOCUMENTS["parking_card"],
    is_active=False,
)
CONCILIATOR = ServicePreset(
    slug="conciliateur-de-justice",
    name="Conciliateur de justice",
    name_en="Conciliator",
    text="Permanence en mairie, gratuite",
    text_en="At the town hall, free of charge",
    icon="scale",
    minutes=(30,),
    needs_no_document=True,
    is_active=False,
)
ARCHITECT = ServicePreset(
    slug="architecte-conseil",
    name="Architecte-conseil (CAUE)",
    name_en="Advice of an architect (CAUE)",
    text="Permanence en mairie, gratuite",
    text_en="At the town hall, free of charge",
    icon="ruler",
    minutes=(45,),
    needs_no_document=True,
    is_active=False,
)
ELECTED = ServicePreset(
    slug="permanence-des-elus",
    name="Rencontrer un élu",
    name_en="Meeting an elected member",
    text="Sur rendez-vous en mairie",
    text_en="By appointment at the town hall",
    icon="landmark",
    minutes=(30,),
    needs_no_document=True,
    is_active=False,
)
DIGITAL = ServicePreset(
    slug="conseiller-numerique",
    name="Conseiller numérique",
    name_en="Digital adviser",
    text="Aide aux démarches en ligne",
    text_en="Help with online procedures",
    icon="laptop",
    minutes=(45,),
    needs_no_document=True,
    is_active=False,
)
TITLES = (CARD, PASSPORT, BOTH)
CIVIL_REGISTRY = (RECOGNITION, PACS, MARRIAGE, CENSUS, SIGNATURE)
LATER = (COLLECTION, PACS_SIGNATURE)
"""What follows another appointment: booked by its link, or by an agent."""
RARER = (
    HOSTING,
    HOSTING_COLLECTION,
    FIRST_NAME,
    NAME,
    NAME_CONFIRMATION,
    BIRTH,
    DEATH,
    ELECTORAL_ROLL,
    FAMILY_BOOK,
    CIVIL_CERTIFICATE,
    PLANNING,
    SOCIAL,
    SCHOOL,
    GRAVE,
    HALL,
    PARKING,
    CONCILIATOR,
    ARCHITECT,
    ELECTED,
    DIGITAL,
)
"""What a commune may switch on: each has its documents already."""
USUAL_HOURS: dict[int, Hours] = {
    day: ((time(9), time(12)), (time(14), time(17))) for day in range(5)
}
USUAL = Preset(
    services=TITLES + CIVIL_REGISTRY + LATER + RARER,
    counters=("Guichet 1", "Guichet 2", "Guichet 3"),
    hours=USUAL_HOURS,
)
