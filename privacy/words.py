"""The table of durations in words."""

from django.utils.translation import gettext_lazy as _, ngettext

from privacy.policy import RULES, Action, Rule, Trigger, Unit


NAMES = {
    "hold": _("Créneau gardé sans confirmation"),
    "appointment_contact": _("Nom, courriel et téléphone d’un rendez-vous"),
    "pre_application": _("Numéro de pré-demande"),
    "pre_application_missed": _("Numéro de pré-demande de qui n’est pas venu"),
    "appointment_words": _("Remarques sur un rendez-vous"),
    "waiting": _("Inscription sur la liste d’attente"),
    "title": _("Titulaire d’un titre remis"),
    "hall_ticket": _("Nom sur un ticket de la salle d’attente"),
    "report_contact": _("Déclarant, abonnés et textes d’un signalement"),
    "report_photos": _("Photos d’un signalement"),
    "report_record": _("Signalement sans la personne"),
    "report_cancelled": _("Signalement annulé, en entier"),
    "report_abusive": _("Signalement clos comme abusif, en entier"),
    "report_unconfirmed": _("Adresse d’un abonné qui n’a pas confirmé"),
    "history": _("Nom de l’agent dans l’historique"),
    "message_words": _("Texte et destinataire d’un message envoyé"),
    "message_status": _("Trace d’un message envoyé"),
    "message_choice": _("Choix de messages d’une personne"),
    "push": _("Adresse de notification d’un navigateur"),
    "audit_row": _("Copie d’une donnée dans le journal"),
    "import_rows": _("Lignes d’un fichier importé"),
    "archive": _("Archive de la commune"),
    "data_link": _("Lien vers ses données"),
    "data_request": _("Demande d’une personne sur ses données"),
    "session": _("Session d’un agent"),
    "invitation": _("Invitation d’un agent"),
    "staff_account": _("Compte d’un agent"),
    "audit": _("Journal des actions"),
    "training": _("Présence à une formation"),
    "membership": _("Interlocuteurs et auteurs de réglages"),
}
TRIGGERS = {
    Trigger.HELD: _("après la garde"),
    Trigger.APPOINTMENT: _("après le rendez-vous"),
    Trigger.LEFT: _("après la fin de l’attente"),
    Trigger.COLLECTED: _("après la remise"),
    Trigger.CLOSED: _("après la clôture"),
    Trigger.TYPED: _("après la saisie"),
    Trigger.SENT: _("après l’envoi"),
    Trigger.LOGIN: _("après la dernière connexion"),
    Trigger.WRITTEN: _("après l’action"),
    Trigger.MADE: _("après sa création"),
    Trigger.ANSWERED: _("après la réponse"),
    Trigger.ENDED: _("après la fin"),
    Trigger.MEMBER: _("quand la commune quitte le service"),
}
ACTIONS = {
    Action.DELETE: _("supprimé"),
    Action.ANONYMISE: _("rendu anonyme"),
    Action.EMPTY: _("vidé"),
    Action.DEACTIVATE: _("fermé et rendu anonyme"),
}
PURPOSES = {
    "appointments": _("Recevoir les habitants sur rendez-vous"),
    "reports": _("Recevoir et traiter les signalements"),
    "messages": _("Prévenir les habitants"),
    "staff": _("Donner accès aux agents"),
    "support": _("Accompagner la commune"),
    "training": _("Former les agents"),
    "rights": _("Répondre aux demandes sur les données"),
}
KINDS = {
    "identity": _("identité"),
    "contact": _("coordonnées"),
    "number": _("numéro de dossier"),
    "situation": _("démarche et situation"),
    "words": _("textes libres"),
    "picture": _("images"),
    "place": _("lieu"),
    "staff": _("agent auteur"),
    "trace": _("traces techniques"),
    "secret": _("empreintes de liens et de mots de passe"),
}


def name(key: str) -> str:
    """Name what a rule keeps."""
    return str(NAMES.get(key, key))


def duration(rule: Rule, number: int | None = None) -> str:
    """Write a number of a rule, the usual one by default: "3 mois"."""
    n = rule.default if number is None else number
    if rule.unit is Unit.HOURS:
        return ngettext("%(n)s heure", "%(n)s heures", n) % {"n": n}
    if rule.unit is Unit.DAYS:
        return ngettext("%(n)s jour", "%(n)s jours", n) % {"n": n}
    years, months = divmod(n, 12)
    if years > 1 and not months:
        return ngettext("%(n)s an", "%(n)s ans", years) % {"n": years}
    return ngettext("%(n)s mois", "%(n)s mois", n) % {"n": n}


def kept(key: str, number: int | None = None) -> str:
    """Write how long something is kept, and since when: "3 mois après le rendez-vous"."""
    rule = RULES[key]
    if rule.trigger is Trigger.MEMBER:
        return str(TRIGGERS[rule.trigger])
    return f"{duration(rule, number)} {TRIGGERS[rule.trigger]}"
