"""Legal texts with the commune's own data in them, and their fingerprints."""

from collections.abc import Mapping
from dataclasses import dataclass

from onboarding import legal_texts
from onboarding.legal_texts import Part
from onboarding.models import CommuneFile
from parvis.signing import digest
from parvis.typo import telephone
from tenants.models import Commune


TO_FILL = "………………"


@dataclass(frozen=True, slots=True)
class Text:
    """A text of several parts; without ``version`` nobody is asked to accept it."""

    code: str
    title: str
    parts: tuple[Part, ...]
    version: str = ""

    @property
    def sha256(self) -> str:
        """The fingerprint of every word of it."""
        words = "\n".join(f"{heading}\n{text}" for heading, text in self.parts)
        return digest(f"{self.title}\n{self.version}\n{words}")


def agreement(commune: Commune) -> Text:
    """Return the data-processing agreement (GDPR, article 28) in force."""
    return Text(
        "convention-donnees",
        "Convention de traitement des données",
        _filled(legal_texts.AGREEMENT, _names(commune)),
        legal_texts.AGREEMENT_VERSION,
    )


def retention(_commune: Commune) -> Text:
    """Return the table of how long each thing is kept."""
    return Text(
        "durees-de-conservation",
        "Durées de conservation",
        legal_texts.RETENTION,
        legal_texts.RETENTION_VERSION,
    )


def approval(commune: Commune) -> Text:
    """Return the security approval file (homologation)."""
    return Text(
        "homologation",
        "Dossier d’homologation de sécurité",
        _filled(legal_texts.APPROVAL, _names(commune)),
        legal_texts.APPROVAL_VERSION,
    )


def papers(commune: Commune, own: CommuneFile) -> dict[str, Text]:
    """Return everything the council may be given, by code; blanks stay to be filled in."""
    names = _names(commune) | {
        "population": f"{commune.population:,}".replace(",", "\u00a0"),
        "adresse": own.postal_address or commune.address or TO_FILL,
        "siret": own.siret or TO_FILL,
        "telephone": telephone(own.phone or commune.phone) or TO_FILL,
        "courriel": own.email or commune.email or TO_FILL,
        "dpo": own.dpo_name or TO_FILL,
        "dpo_courriel": own.dpo_email or TO_FILL,
        "durees": "\n\n".join(f"{what} : {text}" for what, text in legal_texts.RETENTION),
    }
    found = (
        Text("deliberation", "Projet de délibération", _filled(legal_texts.DELIBERATION, names)),
        Text("convention", "Convention de service", _filled(legal_texts.CONVENTION, names)),
        agreement(commune),
        Text(
            "registre",
            "Fiche du registre des traitements",
            _filled(legal_texts.REGISTER, names),
        ),
        retention(commune),
        approval(commune),
    )
    return {each.code: each for each in found}


def _names(commune: Commune) -> dict[str, str]:
    association = commune.association
    return {
        "commune": commune.name,
        "insee": commune.insee_code,
        "association": association.name if association else "L’association des maires",
    }


def _filled(parts: tuple[Part, ...], names: Mapping[str, str]) -> tuple[Part, ...]:
    return tuple((heading, text.format(**names)) for heading, text in parts)
