"""Say an entry as a sentence; the names of tables and columns where no word is known."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Field, Model
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _, gettext_lazy

from audit import noting
from audit.models import Entry


SHOWN_MOST = 80
NOUNS = {
    "booking_settings": gettext_lazy("les règles des rendez-vous"),
    "booking_service": gettext_lazy("le motif de rendez-vous"),
    "booking_site": gettext_lazy("le lieu"),
    "booking_resource": gettext_lazy("le guichet"),
    "booking_opening": gettext_lazy("l’ouverture du"),
    "booking_openingoverride": gettext_lazy("l’exception du"),
    "booking_closure": gettext_lazy("la fermeture"),
    "booking_outage": gettext_lazy("la panne"),
    "booking_documenttext": gettext_lazy("le texte de la pièce"),
    "booking_messagetext": gettext_lazy("le texte du message"),
    "booking_appointment": gettext_lazy("le rendez-vous"),
    "booking_participant": gettext_lazy("une personne d’un rendez-vous"),
    "booking_ticket": gettext_lazy("le ticket"),
    "booking_waitingentry": gettext_lazy("une inscription sur la liste d’attente"),
    "booking_title": gettext_lazy("un titre à remettre"),
    "incidents_settings": gettext_lazy("les réglages des signalements"),
    "incidents_team": gettext_lazy("l’équipe"),
    "incidents_handler": gettext_lazy("le destinataire"),
    "incidents_category": gettext_lazy("la catégorie"),
    "incidents_zone": gettext_lazy("le quartier"),
    "incidents_routingrule": gettext_lazy("la règle d’attribution"),
    "incidents_asset": gettext_lazy("l’équipement"),
    "incidents_messagetext": gettext_lazy("le texte du message"),
    "incidents_replytemplate": gettext_lazy("la réponse type"),
    "incidents_report": gettext_lazy("le signalement"),
    "incidents_reportcontact": gettext_lazy("les coordonnées d’un déclarant"),
    "incidents_follower": gettext_lazy("un abonnement à un signalement"),
    "incidents_message": gettext_lazy("un message d’un signalement"),
    "incidents_photo": gettext_lazy("une photo d’un signalement"),
    "incidents_round": gettext_lazy("la tournée"),
    "shelf_page": gettext_lazy("la page"),
    "exchange_archivefile": gettext_lazy("une archive"),
    "exchange_importbatch": gettext_lazy("un import"),
    "exchange_calendarfeed": gettext_lazy("l’agenda"),
    "connect_apiclient": gettext_lazy("le logiciel relié"),
    "connect_apikey": gettext_lazy("la clé de l’API"),
    "connect_webhook": gettext_lazy("l’avis automatique"),
    "messaging_textsettings": gettext_lazy("les réglages des SMS"),
    "privacy_datarequest": gettext_lazy("une demande sur des données"),
    "privacy_choice": gettext_lazy("une durée de conservation"),
    "tenants_commune": gettext_lazy("la fiche de la commune"),
    "tenants_domain": gettext_lazy("l’adresse"),
    "tenants_membership": gettext_lazy("l’équipe de la commune"),
    "identity_invitation": gettext_lazy("une invitation"),
    "identity_supportaccess": gettext_lazy("l’accès d’assistance de"),
    "onboarding_communefile": gettext_lazy("les mentions de la commune"),
}
BARE = {"booking_opening", "booking_openingoverride", "identity_supportaccess"}


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as it is read."""

    entry: Entry
    sentence: str
    changes: list[tuple[str, str, str]]
    """What, before, after."""
    hidden: list[str]
    icon: str


ICONS = {"insert": "plus", "update": "pencil", "delete": "trash-2", "event": "info"}


def line(entry: Entry) -> Line:
    """Say who did what to what, and list what changed."""
    payload = entry.payload or {}
    is_event = entry.kind == Entry.Kind.EVENT
    return Line(
        entry,
        _event(entry) if is_event else _change(entry),
        [] if is_event else _changes(entry.object_table, payload),
        [_column(entry.object_table, name) for name in payload.get("hidden", [])],
        ICONS[entry.kind],
    )


def who(entry: Entry) -> str:
    """Name who acted: people by the name they had then."""
    if entry.channel == Entry.Channel.CITIZEN:
        return _("Un citoyen")
    if entry.channel == Entry.Channel.TASK:
        return _("Parvis, de lui-même,")
    if entry.channel == Entry.Channel.COMMAND:
        return _("L’exploitant de la plateforme")
    return entry.actor_name or _("La plateforme")


def _change(entry: Entry) -> str:
    words = {"who": who(entry), "what": _what(entry)}
    if entry.kind == Entry.Kind.INSERT:
        return _("%(who)s a créé %(what)s") % words
    if entry.kind == Entry.Kind.DELETE:
        return _("%(who)s a supprimé %(what)s") % words
    return _("%(who)s a modifié %(what)s") % words


def _event(entry: Entry) -> str:
    page = (entry.payload or {}).get("path") or entry.label
    is_page = entry.action in {noting.REFUSED, noting.SUPPORT_VIEW}
    words = {"who": who(entry), "what": page if is_page else entry.label}
    sentences = {
        noting.LOGIN: _("%(who)s s’est connecté"),
        noting.LOGIN_REFUSED: _("Une connexion a été refusée"),
        noting.LOGOUT: _("%(who)s s’est déconnecté"),
        noting.REFUSED: _("%(who)s a demandé une page que son rôle n’ouvre pas : %(what)s"),
        noting.DOWNLOAD: _("%(who)s a téléchargé « %(what)s »"),
        noting.SUPPORT_VIEW: _("%(who)s (assistance) a lu la page %(what)s"),
        "arrived": _("La commune est arrivée d’un autre Parvis"),
        "restored": _("La commune a été remise à un instant passé : %(what)s"),
        "audit:erase": _("Des données d’une personne ont été effacées de ce journal"),
    }
    sentence = sentences.get(entry.action, _("%(who)s : %(action)s %(what)s"))
    return sentence % {**words, "action": entry.action}


def _what(entry: Entry) -> str:
    noun = str(NOUNS.get(entry.object_table) or table_name(entry.object_table))
    name = _label(entry)
    if not name:
        return noun
    if entry.object_table in BARE:
        return f"{noun} {name}"
    return _("%(noun)s « %(name)s »") % {"noun": noun, "name": name}


def _label(entry: Entry) -> str:
    """Write the name of an object; some are stored as the database has them."""
    if entry.object_table == "booking_opening" and entry.label.isdecimal():
        return str(WEEKDAYS.get(int(entry.label), entry.label))
    if entry.object_table == "booking_openingoverride":
        return _value(None, entry.label)
    if entry.object_table == "privacy_datarequest":
        return _value(_field(entry.object_table, "kind"), entry.label)
    if entry.object_table in {"booking_closure", "tenants_commune"}:
        return ""
    return entry.label


def table_name(table: str) -> str:
    """Name a table in words, or by itself."""
    model = _models().get(table)
    return str(model._meta.verbose_name) if model else table  # noqa: SLF001 (documented)


def _changes(table: str, payload: dict[str, Any]) -> list[tuple[str, str, str]]:
    before, after = payload.get("before", {}), payload.get("after", {})
    return [
        (
            _column(table, name),
            _value(_field(table, name), before.get(name)),
            _value(_field(table, name), after.get(name)),
        )
        for name in sorted({*before, *after})
        if name != "id"
    ]


def _column(table: str, name: str) -> str:
    field = _field(table, name)
    return str(getattr(field, "verbose_name", name)) if field else name


def _value(field: "Field[Any, Any] | None", value: object) -> str:
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    choices = dict(field.flatchoices) if field is not None else {}
    if not isinstance(value, list | dict) and value in choices:
        return str(choices[value])
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return _spoken(text)[:SHOWN_MOST]


def _spoken(text: str) -> str:
    """Write days and hours as people do; the rest as it is."""
    head, _colon, rest = text.partition(":")
    if len(text) == len("09:30:00") and head.isdecimal() and rest[2:] == ":00":
        minutes = rest[:2]
        return f"{int(head)} h" + ("" if minutes == "00" else f" {minutes}")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if moment.tzinfo:
        moment = timezone.localtime(moment)
        return f"{moment:%d/%m/%Y} {moment.hour} h {moment:%M}"
    return f"{moment:%d/%m/%Y}"


def _field(table: str, name: str) -> "Field[Any, Any] | None":
    model = _models().get(table)
    if model is None:
        return None
    return next((f for f in model._meta.concrete_fields if f.column == name), None)  # noqa: SLF001


@cache
def _models() -> dict[str, type[Model]]:
    return {
        model._meta.db_table: model  # noqa: SLF001 (documented)
        for model in apps.get_models(include_auto_created=True)
    }
