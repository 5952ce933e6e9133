"""Why a task is there, and what to say on the telephone, in words."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from onboarding.models import Contact, Task
from parvis.typo import date_longue


@dataclass(frozen=True, slots=True)
class ToDo:
    """A task as a referent reads it."""

    task: Task
    title: str
    why: str
    script: str
    phone: str
    contact: Contact | None
    is_late: bool


def to_do(task: Task, *, contact: Contact | None, today: date, language: str) -> ToDo:
    """Say what is to be done, why, whom to call and what to say."""
    person = contact.name if contact else _("la mairie")
    about = date_longue(task.about, language) if task.about else ""
    title, why, script = _words(task, about=about, person=person)
    phone = contact.phone if contact and contact.phone else task.commune.phone
    return ToDo(
        task=task,
        title=task.title or title,
        why=task.why or why,
        script=task.script or script,
        phone=phone,
        contact=contact,
        is_late=task.due < today,
    )


def _words(task: Task, *, about: str, person: str) -> tuple[str, str, str]:
    known = {"commune": task.commune.name, "about": about, "person": person}
    match task.rule:
        case Task.Rule.CONSIDERING:
            words = (
                _("Relancer : en réflexion depuis un mois ou plus"),
                _("En réflexion depuis le %(about)s, sans décision."),
                _(
                    "« Bonjour %(person)s, nous nous étions parlé de Parvis. Qu’est-ce qui vous"
                    " manque pour décider ? Puis-je vous montrer une commune comme la vôtre ? »"
                ),
            )
        case Task.Rule.COMMITTED:
            words = (
                _("Relancer : engagée, rien n’est créé"),
                _("Engagée depuis le %(about)s, son espace n’est pas encore créé."),
                _(
                    "« Bonjour %(person)s, votre décision est prise, merci. Il reste à désigner"
                    " un premier administrateur : qui sera-ce ? Je crée votre espace avec vous. »"
                ),
            )
        case Task.Rule.CONFIGURING:
            words = (
                _("Aider : le paramétrage n’avance plus"),
                _("Rien n’a bougé depuis le %(about)s."),
                _(
                    "« Bonjour %(person)s, où en êtes-vous du paramétrage ? Prenons vingt"
                    " minutes ensemble au téléphone pour finir ce qui bloque. »"
                ),
            )
        case Task.Rule.TRAINING:
            words = (
                _("Confirmer sa venue à la formation"),
                _("La session a lieu le %(about)s."),
                _(
                    "« Bonjour %(person)s, nous vous attendons en formation le %(about)s."
                    " Combien serez-vous, et de quoi voulez-vous parler ? »"
                ),
            )
        case Task.Rule.PAUSED:
            words = (
                _("Reprendre : la suspension se termine"),
                _("Suspendue depuis le %(about)s ; la date convenue est arrivée."),
                _(
                    "« Bonjour %(person)s, nous avions convenu de nous reparler aujourd’hui."
                    " Peut-on rouvrir, et avec quels horaires ? »"
                ),
            )
        case Task.Rule.DECLINED:
            words = (
                _("Reprendre contact : la date convenue après le refus est arrivée"),
                _("Refus du %(about)s ; la date de reprise de contact est arrivée."),
                _(
                    "« Bonjour %(person)s, lors de notre dernier échange vous m’aviez dit de"
                    " rappeler à cette date. Qu’est-ce qui a changé chez vous depuis ? »"
                ),
            )
        case Task.Rule.WINDOW:
            words = (
                _("Préparer le changement : une fenêtre s’ouvre"),
                _("Le contrat de sa solution actuelle peut être dénoncé à partir du %(about)s."),
                _(
                    "« Bonjour %(person)s, votre contrat actuel peut être dénoncé à partir du"
                    " %(about)s. Voulez-vous voir ce que donnerait Parvis chez vous avant ? »"
                ),
            )
        case _rule:
            words = ("", "", "")
    title, why, script = words
    return title % known, why % known, script % known
