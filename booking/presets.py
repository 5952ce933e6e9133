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


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """Services, counters and weekly hours (0 is Monday), in local wall time."""

    services: tuple[ServicePreset, ...]
    counters: tuple[str, ...]
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
TITLES = (CARD, PASSPORT, BOTH)
CIVIL_REGISTRY = (RECOGNITION, PACS, MARRIAGE, CENSUS, SIGNATURE)
USUAL_HOURS: dict[int, Hours] = {
    day: ((time(9), time(12)), (time(14), time(17))) for day in range(5)
}
USUAL = Preset(
    services=TITLES + CIVIL_REGISTRY,
    counters=("Guichet 1", "Guichet 2", "Guichet 3"),
    hours=USUAL_HOURS,
)
