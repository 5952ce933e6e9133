"""What can be refused about a report, each with its sentence."""

from django.utils.translation import gettext_lazy as _

from parvis.errors import DomainError


class NotReportable(DomainError):
    """The category is not one that citizens may use, or sends them to somebody else."""

    message = _("Cette demande ne se fait pas ici.")


class Nowhere(DomainError):
    """Nobody can handle what has no place."""

    message = _("Dites où c’est : une adresse, un point sur la carte ou quelques mots.")


class IllegalMove(DomainError):
    """The table of moves does not allow it."""

    message = _("Ce signalement ne peut pas passer dans cet état.")


class ReasonMissing(DomainError):
    """Nothing closes or reopens without a reason."""

    message = _("Choisissez une raison.")


class PhotoMissing(DomainError):
    """This category closes with a photo of the work done."""

    message = _("Ajoutez une photo après travaux : cette catégorie la demande.")


class TooLate(DomainError):
    """A closing can be contested for seven days."""

    message = _("Le délai pour contester est passé. Faites un nouveau signalement.")


class StaleVersion(DomainError):
    """It was changed on another screen since this one was shown."""

    message = _("Ce signalement a changé entre-temps. Voici où il en est.")


class NotPublishable(DomainError):
    """The category is one of those that nobody outside reads."""

    message = _("Cette catégorie n’est jamais publiée.")


class NoSuchPlace(DomainError):
    """A report is handed over to a commune that can receive it."""

    message = _("Cette commune ne reçoit pas de signalements sur Parvis.")


class ElsewhereNow(DomainError):
    """A partner answers about a report that was given to somebody else meanwhile."""

    message = _("Ce signalement n’est plus entre vos mains. Appelez la mairie.")


class TooManyPhotos(DomainError):
    """A report has some photos, not an album; a closed one has what it has."""

    message = _("Ce signalement a déjà assez de photos, ou il est clos.")
