"""What the API refuses by itself, each with its sentence; the rest is refused by the actions."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from parvis.errors import DomainError


class KeyWanted(DomainError):
    """The operation is not for everybody."""

    message = _(
        "Cette opération demande une clé : envoyez l’en-tête « Authorization », avec « Bearer »"
        " suivi de la clé."
    )
    status = 401


class Unreadable(DomainError):
    """What was sent is no JSON."""

    message = _("Le contenu envoyé n’est pas du JSON lisible.")
    status = 400


class NotJson(DomainError):
    """What was sent does not say that it is JSON."""

    message = _("Envoyez du JSON, et dites-le dans l’en-tête « Content-Type » : application/json.")
    status = 415


class TooLarge(DomainError):
    """What was sent is heavier than anything that is expected here."""

    message = _("Le contenu envoyé est trop lourd : un mégaoctet au plus.")
    status = 413


class WrongCursor(DomainError):
    """A cursor was made up, or belongs to another list."""

    message = _("Ce curseur n’est pas de cette liste. Recommencez sans lui.")
    status = 422


class IdempotencyKeyMissing(DomainError):
    """Without a key nobody can tell a repeat from a second request."""

    message = _(
        "Il manque l’en-tête « Idempotency-Key » : un texte de votre choix, nouveau pour chaque "
        "demande, le même quand vous la répétez."
    )
    status = 400


class IdempotencyKeyReused(DomainError):
    """A key stands for one request only."""

    message = _(
        "Cette clé « Idempotency-Key » a déjà servi pour une autre demande. Prenez-en une "
        "nouvelle."
    )
    status = 422


class StillRunning(DomainError):
    """The same request is being answered at this very moment."""

    message = _("La même demande est en cours. Répétez-la dans quelques secondes.")

    def __init__(self, retry_after_s: int = 2) -> None:
        super().__init__()
        self.retry_after_s = retry_after_s


class TermsNotAccepted(DomainError):
    """The commune asks for something to be accepted first."""

    message = _(
        "Cette démarche a des conditions (« terms ») : faites-les accepter, puis envoyez "
        "« terms_accepted »."
    )
    status = 422


class InvalidFields(DomainError):
    """Some fields do not say what they should; ``errors`` are their places and sentences."""

    message = _("Des données manquent ou ne conviennent pas.")
    status = 422

    def __init__(self, errors: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.errors = list(errors)
