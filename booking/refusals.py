"""What a citizen or an agent may be refused, each with its sentence."""

from django.utils.translation import gettext_lazy as _

from parvis.errors import DomainError, Gone


class HoldLost(Gone):
    """There is nothing to confirm any more."""

    message = _("Ce créneau n’est plus gardé pour vous. Choisissez-en un autre.")
    heading = _("Votre créneau n’est plus gardé")
    href = "/rendez-vous/"


class AlreadyExtended(DomainError):
    """A hold is made longer once only: other people wait for slots."""

    message = _(
        "Le créneau a déjà été gardé plus longtemps une fois. Terminez ou choisissez-en un autre."
    )


class NotOffered(DomainError):
    """The service is not given in this way, or not to so many persons."""

    message = _(
        "Cette démarche n’est pas proposée pour ce nombre de personnes. Appelez la mairie."
    )
    status = 422


class NotOnline(Gone):
    """The service is given, but no longer booked by citizens themselves."""

    message = _(
        "Cette démarche ne se réserve pas en ligne. Appelez la mairie, ou choisissez-en une autre."
    )
    heading = _("Cette démarche ne se réserve pas en ligne")
    href = "/rendez-vous/"


class DetailsMissing(DomainError):
    """Nobody can be received without a name and a way to reach her."""

    message = _("Indiquez un nom, et un courriel ou un téléphone.")
    status = 422


class NotCancellable(DomainError):
    """The visit has begun, is over, or was never confirmed."""

    message = _("Ce rendez-vous ne peut plus être annulé ici. Appelez la mairie.")


class NotRestorable(DomainError):
    """Only a cancelled appointment can be taken up again."""

    message = _("Ce rendez-vous n’est pas annulé.")


class NotMarkable(DomainError):
    """Only a confirmed appointment that was not cancelled can be marked."""

    message = _("Ce rendez-vous est annulé : son état ne change plus.")
