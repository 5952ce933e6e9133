"""What a key may do. A key may do nothing that is not named in it."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


# Open311 (open311.md, section 10)
REQUESTS_WRITE: Final = "requests:write"
UPDATES_WRITE: Final = "updates:write"
UPDATES_READ: Final = "updates:read"
OWN_READ: Final = "own:read"
# REST
SERVICES_READ: Final = "services:read"
SLOTS_READ: Final = "slots:read"
APPOINTMENTS_READ: Final = "appointments:read"
APPOINTMENTS_WRITE: Final = "appointments:write"
REPORTS_READ: Final = "reports:read"
REPORTS_WRITE: Final = "reports:write"
FIGURES_READ: Final = "figures:read"
WEBHOOKS_MANAGE: Final = "webhooks:manage"

OPEN311: Final[dict[str, Promise]] = {
    REQUESTS_WRITE: _("déposer des signalements"),
    UPDATES_WRITE: _("envoyer des nouvelles d’un signalement"),
    UPDATES_READ: _("lire les nouvelles des signalements"),
    OWN_READ: _("relire ce que cette clé a déposé, même avant publication"),
}
REST: Final[dict[str, Promise]] = {
    SERVICES_READ: _("lire les motifs et les pièces à apporter"),
    SLOTS_READ: _("lire les créneaux libres"),
    APPOINTMENTS_READ: _("lire les rendez-vous, avec les noms"),
    APPOINTMENTS_WRITE: _("prendre, déplacer et annuler des rendez-vous"),
    REPORTS_READ: _("lire les signalements"),
    REPORTS_WRITE: _("créer et faire avancer des signalements"),
    FIGURES_READ: _("lire les chiffres de la commune"),
    WEBHOOKS_MANAGE: _("gérer les avis automatiques envoyés à ce logiciel"),
}
LABELS: Final[dict[str, Promise]] = {**OPEN311, **REST}
ALL: Final = frozenset(LABELS)
