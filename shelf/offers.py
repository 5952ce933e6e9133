"""What the library hands to a commune, how it ends there, and why somebody may be refused."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _, gettext_lazy

from parvis.errors import DomainError


APPLIED, CONFLICT, DETACHED, GONE = "applied", "conflict", "detached", "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One version of a template, as the library hands it to a commune."""

    uuid: UUID
    kind: str
    slug: str
    name: str
    number: int
    payload: dict[str, Any]
    policy: str
    adapted_from: UUID | None = None
    """The platform's template that this one takes the place of."""

    @property
    def title(self) -> str:
        """Name it with its version, for the history of the settings."""
        said = {"name": self.name, "number": self.number}
        return _("Bibliothèque : %(name)s, version %(number)s") % said


@dataclass(slots=True, kw_only=True)
class Outcome:
    """How a version ended in this commune: counts, nothing of what it says."""

    state: str
    held: int | None = None
    conflicts: int = 0
    replaced: int = 0


class AlreadyAnswered(DomainError):
    """Somebody else decided meanwhile."""

    message = gettext_lazy("Cette proposition a déjà reçu une réponse.")


class ByLaw(DomainError):
    """What the law imposes cannot be left aside."""

    message = gettext_lazy("Ce texte est imposé par la loi : vous pouvez seulement le compléter.")


class ChangedMeanwhile(DomainError):
    """The row is not any more what the change made of it."""

    message = gettext_lazy(
        "Ce texte a encore changé depuis : revenir en arrière effacerait ce qui a été fait après."
    )


class AlreadyTaken(DomainError):
    """The commune has it."""

    message = gettext_lazy("Votre commune a déjà ce modèle.")
