"""Whether the State's platform reads us, and what to do when it has stopped or got nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from parvis.doctor import Finding, Level


SILENCE = timedelta(hours=36)  # it makes its list of places every day
RECENT = timedelta(hours=24)
SOON = timedelta(days=21)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """What is known of its calls: none of it where no token lets it in."""

    has_token: bool
    called_at: datetime | None = None
    fault_at: datetime | None = None
    ends_at: datetime | None = None
    """When the last of its tokens ends."""


def check_hub(hub: Hub, *, now: datetime) -> Finding:
    """Look at the last call, the last empty answer, and the end of the tokens."""
    name = _("France Titres")
    if not hub.has_token:
        return Finding(name, Level.OK, _("Aucun jeton : la plateforme de l’État ne nous lit pas."))
    if hub.fault_at is not None and now - hub.fault_at < RECENT:
        return Finding(
            name,
            Level.WARNING,
            _("Une erreur chez nous lui a valu une réponse vide le %(at)s.") % _at(hub.fault_at),
            _("Cherchez « The platform of the State was answered with nothing » dans le journal."),
        )
    if hub.called_at is None or now - hub.called_at > SILENCE:
        return Finding(
            name,
            Level.WARNING,
            _("La plateforme de l’État n’a rien demandé depuis 36 heures."),
            _("Vérifiez l’adresse et le jeton qui lui ont été donnés, et que le nom répond."),
        )
    if hub.ends_at is not None and hub.ends_at - now < SOON:
        return Finding(
            name,
            Level.WARNING,
            _("Son dernier jeton s’arrête le %(at)s.") % _at(hub.ends_at),
            _("Ajoutez-en un par « parvis ants_token issue » : deux sont valables à la fois."),
        )
    return Finding(name, Level.OK, _("Dernier appel le %(at)s.") % _at(hub.called_at))


def _at(instant: datetime) -> dict[str, str]:
    return {"at": f"{localtime(instant):%d/%m/%Y %H:%M}"}
