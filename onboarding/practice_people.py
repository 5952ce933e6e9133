"""Citizens who do not exist: usual names at random, addresses and numbers that lead nowhere."""

import random
from dataclasses import dataclass

from tenants.directory import words


# The first names most given in France over a century, and usual family names of the South-West.
FIRST_NAMES = (
    "Marie", "Jean", "Nathalie", "Michel", "Isabelle", "Pierre", "Sylvie", "Philippe",
    "Catherine", "Alain", "Martine", "Nicolas", "Christine", "Christophe", "Françoise", "Daniel",
    "Valérie", "Bernard", "Sandrine", "Frédéric", "Stéphanie", "Laurent", "Véronique",
    "Stéphane", "Sophie", "Patrick", "Céline", "David", "Chantal", "Pascal", "Julie", "Julien",
    "Aurélie", "Thomas", "Camille", "Antoine", "Léa", "Hugo", "Manon", "Lucas", "Chloé", "Louis",
    "Inès", "Nathan", "Emma", "Jules", "Sarah", "Gabriel", "Zoé", "Adam", "Lina", "Samir",
    "Fatima", "Karim", "Aïcha", "Mehdi", "Yasmine", "José", "Maria", "Antonio", "Rosa", "Miguel",
    "Ana", "Bruno", "Elena", "Ivan", "Olga", "Minh", "Linh", "Amadou", "Awa", "Moussa", "Fanta",
    "Noé", "Jade", "Arthur", "Louise", "Maël", "Alice", "Ethan", "Éloïse", "Clément", "Margaux",
    "Bastien", "Océane", "Maxime", "Anaïs", "Théo", "Mathilde", "Victor", "Agathe", "Simon",
    "Rose",
)  # fmt: skip
FAMILY_NAMES = (
    "Martin", "Bernard", "Dubois", "Durand", "Petit", "Robert", "Richard", "Laurent", "Michel",
    "Garcia", "David", "Bertrand", "Roux", "Vincent", "Fournier", "Morel", "Girard", "André",
    "Mercier", "Dupont", "Lambert", "Bonnet", "François", "Martinez", "Faure", "Lacoste",
    "Duprat", "Lafon", "Laborde", "Dupuy", "Castaing", "Cazenave", "Labat", "Dubourg", "Lafitte",
    "Darrieux", "Duclos", "Peyrat", "Ducasse", "Lalanne", "Barrière", "Sarrazin", "Dupouy",
    "Lagarde", "Bordes", "Lassalle", "Larrieu", "Pujol", "Gomez", "Fernandes", "Da-Silva",
    "Pereira", "Rodriguez", "Lopez", "Ferreira", "Benali", "Haddad", "Amrani", "Diallo",
    "Traoré", "Cissé", "Nguyen", "Tran", "Kaya", "Popescu", "Kowalski", "Rossi", "Moreau",
    "Simon", "Lefèvre", "Leroy", "Garnier", "Chevalier", "Perrin", "Clément", "Gauthier",
    "Masson", "Marchand", "Denis", "Lemaire", "Noël", "Meyer", "Blanc", "Guérin", "Boyer",
    "Rousseau", "Arnaud", "Brun", "Picard", "Roche", "Colin", "Vidal", "Caron", "Aubert", "Rey",
    "Rolland", "Marty", "Delmas", "Labrousse", "Bouzat", "Videau",
)  # fmt: skip
MAIL_DOMAINS = ("example.org", "example.net", "example.com")  # reserved by RFC 2606


@dataclass(frozen=True, slots=True)
class Person:
    """A name with the means to reach it; the numbers are those the regulator keeps for fiction."""

    name: str
    email: str
    phone: str


def invent(luck: random.Random) -> Person:
    """Draw somebody; the same luck draws the same people."""
    first, family = luck.choice(FIRST_NAMES), luck.choice(FAMILY_NAMES)
    local = ".".join(["-".join(words(first)), "-".join(words(family))])
    digits = luck.randrange(10_000)
    prefix = "063998" if luck.random() < 0.8 else "053649"  # noqa: PLR2004 (mobile or landline)
    return Person(
        name=f"{first} {family.replace('-', ' ')}",
        email=f"{local}{luck.randrange(1, 100)}@{luck.choice(MAIL_DOMAINS)}",
        phone=f"{prefix}{digits:04d}",
    )
