"""What an acknowledgement must say (CRPA, articles L112-11, R112-5, R112-11-1): nine mentions.

One list for the page, the mail and the sheet to print, in the active language and time zone.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import get_language, gettext as _

from incidents.models import Report
from incidents.models.settings import Settings
from parvis import typo
from tenants.models import Commune


SILENCE_MONTHS = 2  # after which silence is a refusal (CRPA, article L231-4)
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Mention:
    """One of the nine, under a stable key."""

    key: str
    title: str
    text: str


def mentions(report: Report, commune: Commune) -> list[Mention]:
    """List the nine mentions, always all of them and in the same order.

    The service is the one of the settings of reports, else the town hall; what neither has filled
    in is said. One query.
    """
    own = Settings.objects.filter(pk=1).first() or Settings()
    language = get_language() or "fr"
    received = timezone.localtime(report.submitted_at)
    silent_until = typo.date_longue(months_after(received.date(), SILENCE_MONTHS), language)
    unknown = _("non renseigné")
    return [
        Mention("received", _("Reçu le"), typo.date_heure(received, language)),
        Mention("reference", _("Référence"), typo.reference_groups(report.reference)),
        Mention("service", _("Service chargé de votre demande"), _service(report, commune, own)),
        Mention(
            "address", _("Adresse postale"), own.service_address or commune.address or unknown
        ),
        Mention("email", _("Courriel"), own.service_email or commune.email or unknown),
        Mention(
            "phone",
            _("Téléphone"),
            typo.telephone(own.service_phone or commune.phone) or unknown,
        ),
        Mention(
            "decision",
            _("Décision"),
            _(
                "Aucune n’est nécessaire pour un signalement : suivez son avancement. Si vous"
                " demandez une décision, par exemple un dédommagement, le silence de la mairie"
                " jusqu’au %(day)s vaut refus (article L231-4)."
            )
            % {"day": silent_until},
        ),
        Mention("missing", _("Pièces manquantes"), _("Aucune : votre envoi est complet.")),
        Mention(
            "appeals",
            _("Pour contester"),
            _(
                "Une clôture se conteste pendant 7 jours sur la page de suivi. Un refus se"
                " conteste dans les deux mois auprès du maire ou du tribunal administratif ; le"
                " Défenseur des droits aide gratuitement."
            ),
        ),
    ]


def months_after(day: date, months: int) -> date:
    """Return the same day some months later, or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, MONTHS)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _service(report: Report, commune: Commune, own: Settings) -> str:
    """Name who takes care of it: the service in charge, and its team or the body it goes to."""
    service = own.service or typo.town_hall(commune.name, get_language() or "fr")
    handler = report.handler
    return f"{service} · {handler.name}" if handler is not None else service
