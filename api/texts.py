"""What the documentation says of each operation, parameter and field, in words."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from connect import scopes


@dataclass(frozen=True, slots=True)
class Words:
    """How an operation is told; ``refused`` are the errors it may answer beside the usual ones."""

    title: Promise
    text: Promise
    scope: str = ""
    refused: tuple[str, ...] = ()
    is_repeatable: bool = False


GROUPS: dict[str, Promise] = {
    "services": _("Démarches, lieux et créneaux"),
    "appointments": _("Rendez-vous"),
    "reports": _("Signalements"),
    "figures": _("Chiffres"),
    "webhooks": _("Avis automatiques"),
}
BOOKING = ("slot_taken", "not_offered", "not_online", "invalid_fields")
OPERATIONS: dict[str, Words] = {
    "listServices": Words(
        _("Lister les démarches"),
        _(
            "Ce pour quoi on prend rendez-vous, avec les durées selon le nombre de personnes, les "
            "pièces à apporter dans la situation la plus courante et le premier jour libre."
        ),
    ),
    "readService": Words(
        _("Lire une démarche"),
        _(
            "Les pièces d’une personne selon sa situation : reprenez dans « questions » celles à "
            "poser, et envoyez les réponses en paramètres. Ce qui manque a la réponse courante."
        ),
        refused=("not_found",),
    ),
    "listSites": Words(
        _("Lister les lieux"), _("Où la mairie reçoit, et pour quelles démarches.")
    ),
    "listSlots": Words(
        _("Lister les créneaux libres"),
        _(
            "Pour une démarche et un nombre de personnes, sur 62 jours au plus. Un créneau n’est "
            "gardé pour personne : il est vérifié de nouveau à la réservation."
        ),
        refused=("not_found", "not_online", "not_offered"),
    ),
    "listAppointments": Words(
        _("Lister les rendez-vous"),
        _(
            "Dans l’ordre où ils ont été pris, page par page. « updated_since » ne garde que ceux "
            "qui ont changé depuis un instant. Un rendez-vous pris entre deux pages n’en décale "
            "aucun."
        ),
        scope=scopes.APPOINTMENTS_READ,
        refused=("wrong_cursor",),
    ),
    "bookAppointment": Words(
        _("Prendre un rendez-vous"),
        _(
            "Avec les règles du site : délais, nombre de personnes, un seul rendez-vous par "
            "numéro de pré-demande. L’usager reçoit la même confirmation. « manage_url » est la "
            "page d’où il déplace ou annule : ne la donnez qu’à lui."
        ),
        scope=scopes.APPOINTMENTS_WRITE,
        refused=(
            *BOOKING,
            *("already_booked", "already_coming", "must_phone", "terms_not_accepted", "busy"),
        ),
        is_repeatable=True,
    ),
    "readAppointment": Words(
        _("Lire un rendez-vous"),
        _("Par sa référence."),
        scope=scopes.APPOINTMENTS_READ,
        refused=("not_found",),
    ),
    "moveAppointment": Words(
        _("Déplacer un rendez-vous"),
        _(
            "La référence et le lien de l’usager restent les mêmes. Avec « version », le "
            "déplacement est refusé si le rendez-vous a changé depuis que vous l’avez lu."
        ),
        scope=scopes.APPOINTMENTS_WRITE,
        refused=("not_found", "slot_taken", "not_movable", "stale_version", "busy"),
    ),
    "cancelAppointment": Words(
        _("Annuler un rendez-vous"),
        _("Le créneau est rendu, l’usager est prévenu. Annuler deux fois ne change rien."),
        scope=scopes.APPOINTMENTS_WRITE,
        refused=("not_found", "not_cancellable", "busy"),
    ),
    "listReports": Words(
        _("Lister les signalements publiés"),
        _("Les plus récents d’abord : ouverts, ou clos depuis moins de 90 jours."),
        refused=("wrong_cursor",),
    ),
    "readReport": Words(
        _("Lire un signalement publié"),
        _(
            "Avec son histoire. Un signalement réuni avec un autre donne celui-là : regardez "
            "« reference »."
        ),
        refused=("not_found",),
    ),
    "sendReport": Words(
        _("Envoyer un signalement"),
        _(
            "Un problème a un lieu : une adresse, ou un point. Il est traité comme ceux du site, "
            "avec les mêmes délais et le même accusé de réception. Pour joindre des photos, "
            "utilisez Open311."
        ),
        scope=scopes.REPORTS_WRITE,
        refused=("not_reportable", "nowhere"),
        is_repeatable=True,
    ),
    "readFigures": Words(
        _("Lire les chiffres"),
        _(
            "Le délai avant le premier créneau de chaque démarche et ce que deviennent les "
            "signalements. Avec une clé qui a le droit « figures:read » : les jours de votre "
            "choix et le détail."
        ),
        refused=("scope_missing",),
    ),
}
OPERATIONS |= {
    name: Words(title, text, scope=scopes.WEBHOOKS_MANAGE, refused=refused)
    for name, title, text, refused in (
        (
            "listWebhooks",
            _("Lister les avis automatiques"),
            _("Ceux de votre logiciel."),
            (),
        ),
        (
            "addWebhook",
            _("Ajouter un avis automatique"),
            _(
                "Une adresse publique en https est prévenue de ce qui arrive. La réponse donne le "
                "secret qui signe les envois : il n’est montré qu’une fois."
            ),
            ("not_an_address", "no_event"),
        ),
        ("readWebhook", _("Lire un avis automatique"), _("Par son numéro."), ("not_found",)),
        (
            "changeWebhook",
            _("Changer un avis automatique"),
            _("Ce qui n’est pas envoyé reste. « is_active » l’arrête ou le remet en service."),
            ("not_found", "not_an_address", "no_event"),
        ),
        (
            "removeWebhook",
            _("Retirer un avis automatique"),
            _("Avec ce qui reste à lui envoyer."),
            ("not_found",),
        ),
        (
            "testWebhook",
            _("Essayer un avis automatique"),
            _("Un fait d’essai part dans la minute : regardez ensuite les envois."),
            ("not_found", "not_in_service"),
        ),
        (
            "renewWebhookSecret",
            _("Changer le secret"),
            _("L’ancien signe aussi pendant sept jours, le temps de changer le vôtre."),
            ("not_found",),
        ),
        (
            "listDeliveries",
            _("Lister les envois"),
            _("Les plus récents d’abord, avec ce qui a été répondu."),
            ("not_found", "wrong_cursor"),
        ),
        (
            "resendDelivery",
            _("Renvoyer un avis"),
            _("Sous le même numéro, par lequel votre logiciel reconnaît une répétition."),
            ("not_found", "not_in_service", "emptied"),
        ),
    )
}
ERRORS: dict[str, tuple[int, Promise]] = {
    "bad_request": (400, _("La demande ne se lit pas.")),
    "unreadable": (400, _("Le contenu n’est pas du JSON.")),
    "idempotency_key_missing": (400, _("Il manque l’en-tête « Idempotency-Key ».")),
    "key_wanted": (401, _("L’opération demande une clé.")),
    "key_unknown": (401, _("La clé n’est pas de cette commune.")),
    "key_expired": (401, _("La clé a expiré.")),
    "key_revoked": (401, _("La clé a été révoquée.")),
    "scope_missing": (403, _("La clé n’a pas ce droit.")),
    "not_found": (404, _("Il n’y a rien de tel dans cette commune.")),
    "method_not_allowed": (405, _("L’adresse ne répond pas à cette méthode.")),
    "slot_taken": (409, _("Le créneau n’est plus libre ; « alternatives » en donne de proches.")),
    "already_booked": (409, _("Un numéro de pré-demande a déjà un rendez-vous à venir.")),
    "already_coming": (409, _("La même personne vient déjà pour cette démarche.")),
    "household_coming": (409, _("Cinq rendez-vous à venir sont déjà pris avec ces coordonnées.")),
    "must_phone": (409, _("Trop de rendez-vous manqués : il faut appeler la mairie.")),
    "day_in_demand": (409, _("Trop de créneaux de ce jour sont en cours de réservation.")),
    "not_movable": (409, _("Le rendez-vous ne peut plus être déplacé.")),
    "not_cancellable": (409, _("Le rendez-vous ne peut plus être annulé.")),
    "stale_version": (409, _("Le rendez-vous a changé depuis qu’il a été lu.")),
    "not_reportable": (409, _("Cette catégorie se traite ailleurs.")),
    "nowhere": (409, _("Un problème n’a pas de lieu.")),
    "not_in_service": (409, _("L’avis automatique est arrêté.")),
    "emptied": (409, _("Le contenu de cet avis n’est plus gardé.")),
    "still_running": (409, _("La même demande est en cours.")),
    "not_online": (410, _("La démarche ne se réserve pas en ligne.")),
    "too_large": (413, _("Le contenu dépasse un mégaoctet.")),
    "not_json": (415, _("Le contenu ne dit pas qu’il est du JSON.")),
    "invalid_fields": (422, _("Des données ne conviennent pas ; « errors » dit lesquelles.")),
    "not_offered": (422, _("La démarche n’est pas proposée à autant de personnes.")),
    "terms_not_accepted": (422, _("Les conditions de la démarche n’ont pas été acceptées.")),
    "not_an_address": (422, _("L’adresse n’est pas publique, ou pas en https.")),
    "no_event": (422, _("Aucun fait à annoncer, ou un fait inconnu.")),
    "wrong_cursor": (422, _("Le curseur n’est pas de cette liste.")),
    "idempotency_key_reused": (422, _("La clé d’envoi a servi pour une autre demande.")),
    "too_many": (429, _("Trop de demandes ; « Retry-After » dit quand réessayer.")),
    "server_error": (500, _("Une erreur est survenue de notre côté.")),
    "busy": (503, _("Beaucoup de personnes réservent le même jour à cet instant.")),
    "unavailable": (503, _("La commune est fermée pour le moment.")),
}
PARAMETERS: dict[str, Promise] = {
    "code": _("Le code de la démarche."),
    "appointment_id": _("La référence du rendez-vous : huit lettres et chiffres."),
    "reference": _("La référence du signalement : huit lettres et chiffres."),
    "service": _("Le code d’une démarche."),
    "persons": _("Pour combien de personnes."),
    "from": _("Le premier jour, compris."),
    "to": _("Le dernier jour, compris."),
    "site": _("Le numéro d’un lieu."),
    "cursor": _("Où reprendre la liste : « next » de la page d’avant. Gardez les mêmes filtres."),
    "limit": _("Combien en lire."),
    "updated_since": _("Ceux qui ont changé depuis cet instant."),
    "status": _("Ceux qui sont dans cet état."),
    "state": _("Où ils en sont : reçus, ouverts, en attente ou clos."),
    "category": _("Le code d’une catégorie."),
    "webhook_id": _("Le numéro d’un avis automatique."),
    "delivery_id": _("Le numéro d’un envoi."),
    "Idempotency-Key": _(
        "Un texte de votre choix, nouveau pour chaque demande, le même quand vous la répétez. "
        "Gardé 24 heures."
    ),
}
