"""The isolation matrix: every URL, every kind of person, both communes.

Each route of each site has a row that says who may read it and who may act through it. A route
without a row fails, so does a row without a route. Somebody of another commune is a stranger.
"""

import re
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from io import BytesIO
from uuid import UUID, uuid4
from zipfile import ZipFile

import pytest
from django.core.cache import caches
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone
from django_tenants.utils import schema_context
from psycopg.types.range import TimestamptzRange

from booking.models import Appointment, Service, Site, Title
from exchange.import_models import ImportBatch, ImportRow
from incidents import reporters
from incidents.models import Category
from messaging import preferences
from messaging.kinds import Audience, Kind
from messaging.models import Gathered, OutgoingText, PushSubscription
from parvis.models import OutgoingEmail
from privacy import rights
from privacy.models import DataRequest
from tenants.hosts import URLCONFS
from tests.conftest import NOW, login_as
from tests.incidents.factories import report


CANARY = "Zéphyrine Canari"
MAIL = "canari@lacanau.example.org"
SECRET = re.compile(r"[\w~:.-]{16,}")
EVERYBODY = "everybody"  # pages of citizens: no login, never refused
KEY = "a program with a key"  # a cookie opens nothing there: 401 for everybody here
TICKET = "whoever holds a ticket"  # nobody here does
OPEN = "before the login"  # allauth decides step by step; nobody is shown an account
AWAY = "on the way to a provider"  # where none is registered there is nothing
LOGGED_IN = "logged in"  # any account, on the login host
DAY = ("admin", "booking_agent", "reader")
DESK = ("admin", "booking_agent")
REPORTS = ("admin", "report_agent", "reader")
REPORT_DESK = ("admin", "report_agent")
RECEPTION = (*REPORT_DESK, "booking_agent")
ASSOCIATION = ("director", "referent")
DIRECTION = ("director",)
COMMUNE_ROLES = ("admin", "booking_agent", "report_agent", "reader")
ASSOCIATION_ROLES = ("director", "referent")


@dataclass(frozen=True)
class Row:
    """Who may read, who may act (POST); an empty tuple: the method does not exist."""

    reads: str | tuple[str, ...] = ()
    acts: str | tuple[str, ...] = ()


EVERYWHERE = {
    "theme": Row(EVERYBODY),
    "choose_language": Row((), EVERYBODY),
    "accessibility": Row(EVERYBODY),
    "legal_notice": Row(EVERYBODY),
    "privacy": Row(EVERYBODY),
    "health": Row(EVERYBODY),
    "robots": Row(EVERYBODY),
    "security_contact": Row(EVERYBODY),
}
NOT_OPEN = {  # pages that an open commune does not have
    "kept_messages": Row(EVERYBODY),
    "kept_message": Row(EVERYBODY),
    "trial": Row(EVERYBODY),
    "begin_trial": Row((), EVERYBODY),
}
HAND_OVER = {
    "login": Row(EVERYBODY),
    "handover": Row((), TICKET),
    "logout": Row((), EVERYBODY),
}
ADMIN = ("admin",)
SETTINGS = {
    "home": Row(ADMIN),
    "undo": Row((), ADMIN),
    "rules": Row(ADMIN, ADMIN),
    "outside": Row(ADMIN),
    "hours": Row(ADMIN),
    "add_opening": Row(ADMIN, ADMIN),
    "change_opening": Row(ADMIN, ADMIN),
    "delete_opening": Row((), ADMIN),
    "choose_day": Row(ADMIN),
    "occurrence": Row(ADMIN, ADMIN),
    "restore_occurrence": Row((), ADMIN),
    "closures": Row(ADMIN),
    "add_closure": Row(ADMIN, ADMIN),
    "delete_closure": Row((), ADMIN),
    "services": Row(ADMIN),
    "catalogue": Row(ADMIN),
    "add_service": Row(ADMIN, ADMIN),
    "change_service": Row(ADMIN, ADMIN),
    "move_service": Row((), ADMIN),
    "switch_service": Row((), ADMIN),
    "resources": Row(ADMIN),
    "add_resource": Row(ADMIN, ADMIN),
    "change_resource": Row(ADMIN, ADMIN),
    "add_site": Row(ADMIN, ADMIN),
    "change_site": Row(ADMIN, ADMIN),
    "documents": Row(ADMIN),
    "add_document": Row(ADMIN, ADMIN),
    "change_document": Row(ADMIN, ADMIN),
    "reset_document": Row((), ADMIN),
    "messages": Row(ADMIN),
    "change_message": Row(ADMIN, ADMIN),
    "diagnosis": Row(ADMIN),
}
REPORT_SETTINGS = {
    "add_question": Row(ADMIN, ADMIN),
    "change_question": Row(ADMIN, ADMIN),
    "move_question": Row((), ADMIN),
    "delete_question": Row((), ADMIN),
    "server": Row(ADMIN, ADMIN),
    "forget_server": Row((), ADMIN),
    "relaunch": Row((), ADMIN),
    "home": Row(ADMIN),
    "undo": Row((), ADMIN),
    "categories": Row(ADMIN),
    "add_category": Row(ADMIN, ADMIN),
    "change_category": Row(ADMIN, ADMIN),
    "move_category": Row((), ADMIN),
    "switch_category": Row((), ADMIN),
    "delete_category": Row((), ADMIN),
    "packs": Row(ADMIN),
    "pack": Row(ADMIN, ADMIN),
    "handlers": Row(ADMIN),
    "add_team": Row(ADMIN, ADMIN),
    "change_team": Row(ADMIN, ADMIN),
    "delete_team": Row((), ADMIN),
    "add_handler": Row(ADMIN, ADMIN),
    "change_handler": Row(ADMIN, ADMIN),
    "delete_handler": Row((), ADMIN),
    "rules": Row(ADMIN),
    "add_rule": Row(ADMIN, ADMIN),
    "trial": Row(ADMIN),
    "change_rule": Row(ADMIN, ADMIN),
    "move_rule": Row((), ADMIN),
    "delete_rule": Row((), ADMIN),
    "zones": Row(ADMIN),
    "add_zone": Row(ADMIN, ADMIN),
    "import_zones": Row(ADMIN, ADMIN),
    "change_zone": Row(ADMIN, ADMIN),
    "delete_zone": Row((), ADMIN),
    "assets": Row(ADMIN),
    "add_asset": Row(ADMIN, ADMIN),
    "assets_csv": Row(ADMIN),
    "sticker_sheet": Row(ADMIN),
    "import_assets": Row(ADMIN, ADMIN),
    "import_columns": Row(ADMIN, ADMIN),
    "change_asset": Row(ADMIN, ADMIN),
    "delete_asset": Row((), ADMIN),
    "sticker": Row(ADMIN),
    "messages": Row(ADMIN),
    "change_message": Row(ADMIN, ADMIN),
    "replies": Row(ADMIN),
    "add_reply": Row(ADMIN, ADMIN),
    "change_reply": Row(ADMIN, ADMIN),
    "delete_reply": Row((), ADMIN),
    "service": Row(ADMIN, ADMIN),
}
ARCHIVES = {
    "archives": Row(ADMIN),
    "ask_archive": Row((), ADMIN),
    "take_archive": Row((), ADMIN),
    "dictionary": Row(ADMIN),
    "leave": Row(ADMIN),
    "ask_leave": Row((), ADMIN),
    "cancel_leave": Row((), ADMIN),
}
DEPARTURES = {
    "departures": Row(ASSOCIATION),
    "confirm_departure": Row((), ("director",)),
    "cancel_departure": Row((), ("director",)),
    "destruction_certificate": Row(ASSOCIATION),
    "suspend_commune": Row((), ("director",)),
    "resume_commune": Row((), ("director",)),
}
CONNECT = {
    **{name: Row(ADMIN) for name in ("home", "client", "webhook", "checking", "delivery")},
    **{
        name: Row(ADMIN, ADMIN)
        for name in ("add_client", "revoke_key", "add_webhook", "remove_webhook")
    },
    **{
        name: Row((), ADMIN)
        for name in (
            *("change_client", "issue_key", "renew_key", "change_webhook", "try_webhook"),
            *("stop_webhook", "resume_webhook", "rotate_webhook", "resend"),
        )
    },
}
WIDGETS = {
    "home": Row(ADMIN),
    "add_name": Row((), ADMIN),
    "name": Row(ADMIN),
    "check_name": Row((), ADMIN),
    "promote_name": Row((), ADMIN),
    "demote_name": Row((), ADMIN),
    "remove_name": Row((), ADMIN),
    "add_site": Row((), ADMIN),
    "check_site": Row((), ADMIN),
    "remove_site": Row((), ADMIN),
    "widget": Row(ADMIN),
}
MESSAGING = {
    "home": Row(ADMIN),
    "texts": Row(ADMIN, ADMIN),
    "list": Row(ADMIN, ADMIN),
    "message": Row(ADMIN),
    "twin": Row(ADMIN),
    "send_again": Row((), ADMIN),
    "note_sent": Row((), ADMIN),
    "give_up": Row((), ADMIN),
}
OWN_TRAINING = {
    "home": Row(COMMUNE_ROLES),
    "session": Row(COMMUNE_ROLES, COMMUNE_ROLES),
    "fulfil": Row((), ("admin", "booking_agent", "report_agent")),
    "materials": Row(COMMUNE_ROLES),
    "material": Row(COMMUNE_ROLES),
    "material_file": Row(COMMUNE_ROLES),
    "path": Row(COMMUNE_ROLES),
    "step": Row(COMMUNE_ROLES, COMMUNE_ROLES),
    "help": Row(COMMUNE_ROLES),
    "ask": Row((), COMMUNE_ROLES),
    "suggest": Row((), COMMUNE_ROLES),
}
TRAINING = {
    "materials": Row(ASSOCIATION),
    "add_material": Row(ASSOCIATION, ASSOCIATION),
    "material": Row(ASSOCIATION),
    "change_material": Row(ASSOCIATION, ASSOCIATION),
    "material_file": Row(ASSOCIATION),
    "add_path": Row(ASSOCIATION, ASSOCIATION),
    "own_path": Row(ASSOCIATION, ASSOCIATION),
    "remove_step": Row((), ASSOCIATION),
    "questions": Row(ASSOCIATION),
    "settle": Row((), ASSOCIATION),
    "list": Row(ASSOCIATION),
    "add": Row(ASSOCIATION, ASSOCIATION),
    "trainers": Row(ASSOCIATION, ASSOCIATION),
    "organisation": Row((), ASSOCIATION),
    "answer": Row(EVERYBODY, EVERYBODY),  # by the signed link of a letter, as the next ones
    "sheet": Row(EVERYBODY, EVERYBODY),
    "hot": Row(EVERYBODY, EVERYBODY),
    "cold": Row(EVERYBODY, EVERYBODY),
    "own_certificate": Row(EVERYBODY),
    "session": Row(ASSOCIATION),
    "change": Row(ASSOCIATION, ASSOCIATION),
    "open": Row((), ASSOCIATION),
    "cancel": Row(ASSOCIATION, ASSOCIATION),
    "duplicate": Row((), ASSOCIATION),
    "close": Row((), ASSOCIATION),
    "invite": Row(ASSOCIATION, ASSOCIATION),
    "add_person": Row((), ASSOCIATION),
    "people_csv": Row(ASSOCIATION),
    "remove_person": Row((), ASSOCIATION),
    "commit": Row((), ASSOCIATION),
    "results": Row(ASSOCIATION),
    "to_idea": Row((), ASSOCIATION),
    "certificate": Row(ASSOCIATION),
    "realisation": Row(ASSOCIATION),
    "room": Row(ASSOCIATION),
    "sheet_pdf": Row(ASSOCIATION),
    "note": Row((), ASSOCIATION),
    "sign_as_trainer": Row((), ASSOCIATION),
}
FOUND = {  # what is free in all communes, for anybody
    f"nearby:{name}": Row(EVERYBODY)
    for name in ("find", "outline", "tile", "data", "data_csv", "data_json")
}
MATRIX = {
    "portal": {
        **EVERYWHERE,
        **FOUND,
        "portal_home": Row(EVERYBODY),
        "widget_script": Row(EVERYBODY),
        # By a token alone, which is 401 to everybody else.
        "ants:points": Row(KEY),
        "ants:slots": Row(KEY),
        "ants:numbers": Row(KEY),
        "preview_home": Row(EVERYBODY),
        "preview_ask": Row((), EVERYBODY),
        "preview_progress": Row(EVERYBODY),
        "website:sitemap": Row(EVERYBODY),
        "website:picture": Row(EVERYBODY),
    },
    "commune": {
        **EVERYWHERE,
        **HAND_OVER,
        "franceconnect": Row(EVERYBODY),
        "franceconnect_back": Row(EVERYBODY, EVERYBODY),
        "stateid:citizens": Row(ADMIN, ADMIN),
        **NOT_OPEN,
        "booking:home": Row(EVERYBODY),
        "booking:services": Row(EVERYBODY),
        "booking:situation": Row(EVERYBODY, EVERYBODY),
        "booking:pieces": Row(EVERYBODY),
        "booking:documents": Row(EVERYBODY, EVERYBODY),
        "booking:slots": Row(EVERYBODY, EVERYBODY),
        "booking:details": Row(EVERYBODY, EVERYBODY),
        "booking:check": Row(EVERYBODY, EVERYBODY),
        "booking:extend": Row((), EVERYBODY),
        "booking:confirmed": Row(EVERYBODY),
        "booking:enter": Row(EVERYBODY),
        "booking:from_state": Row(EVERYBODY),
        "booking:enter_from_state": Row(EVERYBODY),
        "booking:cancel_from_state": Row(EVERYBODY),
        "booking:mine": Row(EVERYBODY),
        "booking:cancel": Row(EVERYBODY, EVERYBODY),
        "booking:restore": Row((), EVERYBODY),
        "booking:move": Row(EVERYBODY, EVERYBODY),
        "booking:answer": Row(EVERYBODY, EVERYBODY),
        "booking:remove": Row(EVERYBODY, EVERYBODY),
        "booking:put_back": Row((), EVERYBODY),
        "booking:wait": Row(EVERYBODY, EVERYBODY),
        "booking:wait_with_mine": Row(EVERYBODY, EVERYBODY),
        "booking:entry": Row(EVERYBODY),
        "booking:accept_offer": Row((), EVERYBODY),
        "booking:decline_offer": Row((), EVERYBODY),
        "booking:leave_list": Row((), EVERYBODY),
        "booking:diary": Row(EVERYBODY),
        "booking:find": Row(EVERYBODY, EVERYBODY),
        "booking:found": Row(EVERYBODY),
        "booking:title": Row(EVERYBODY, EVERYBODY),
        "booking:proposals": Row(EVERYBODY, EVERYBODY),
        "booking:agent:outages": Row(DAY),
        "booking:agent:outage_report": Row(DESK, DESK),
        "booking:agent:outage": Row(DAY),
        **{
            f"booking:agent:outage_{name}": Row((), DESK)
            for name in ("follow", "propose", "repair", "accept")
        },
        "booking:agent:titles": Row(DAY),
        "booking:agent:titles_arrive": Row(DESK, DESK),
        "booking:agent:titles_tell": Row((), DESK),
        "booking:agent:titles_csv": Row(DAY),
        "booking:agent:title": Row(DAY),
        "booking:agent:title_note": Row((), DESK),
        "booking:agent:figures": Row(DAY),
        "booking:agent:figures_visits": Row(DAY),
        "booking:agent:figures_persons": Row(DAY),
        "booking:agent:today": Row(DAY),
        "booking:agent:choose_day": Row(DAY),
        "booking:agent:day": Row(DAY),
        "booking:agent:sheet": Row(DAY),
        "booking:agent:search": Row(DAY),
        "booking:agent:new": Row(DESK, DESK),
        "booking:agent:booked": Row(DAY),
        "booking:agent:arrive": Row((), DESK),
        "booking:agent:receive": Row((), DESK),
        "booking:agent:miss": Row((), DESK),
        "booking:agent:reset": Row((), DESK),
        "booking:agent:numbers": Row(DESK, DESK),
        "booking:agent:cancel": Row(DESK, DESK),
        "booking:agent:restore": Row((), DESK),
        "booking:agent:ticks": Row((), DESK),
        "booking:agent:incomplete": Row(DESK, DESK),
        "booking:agent:reopen": Row((), DESK),
        "booking:agent:move": Row(DESK, DESK),
        "booking:agent:overbook": Row(DESK, DESK),
        "booking:hall": Row(EVERYBODY),
        "booking:agent:call": Row((), DESK),
        "booking:agent:uncall": Row((), DESK),
        "booking:agent:arrivals": Row(DESK, DESK),
        "booking:agent:arrival": Row(DESK, DESK),
        "booking:agent:queue": Row(DAY),
        "booking:agent:slip": Row(DAY),
        "booking:agent:walk_in": Row(DESK, DESK),
        **{
            f"booking:agent:{name}": Row((), DESK)
            for name in (
                "call_next",
                "call_ticket",
                "call_back",
                "serve",
                "leave",
                "put_back",
                "forget",
            )
        },
        "booking:agent:waiting": Row(DAY),
        **{
            f"booking:agent:waiting_{name}": Row((), DESK)
            for name in ("accept", "decline", "leave", "back")
        },
        **{f"booking:agent:settings:{name}": row for name, row in SETTINGS.items()},
        **{f"incidents:agent:settings:{name}": row for name, row in REPORT_SETTINGS.items()},
        **{f"frames:{name}": Row(EVERYBODY) for name in ("script", "booking", "report", "badge")},
        **{f"widgets:{name}": row for name, row in WIDGETS.items()},
        **{
            f"api:{name}": Row(EVERYBODY)
            for name in ("docs", "openapi", "services", "service", "sites", "slots")
        },
        "api:report": Row(EVERYBODY),
        "api:reports": Row(EVERYBODY, KEY),
        "api:figures": Row(EVERYBODY),
        "api:appointments": Row(KEY, KEY),
        "api:appointment": Row(KEY),
        "api:move_appointment": Row((), KEY),
        "api:cancel_appointment": Row((), KEY),
        "api:webhooks": Row(KEY, KEY),
        "api:webhook": Row(KEY),
        "api:try_webhook": Row((), KEY),
        "api:webhook_secret": Row((), KEY),
        "api:deliveries": Row(KEY),
        "api:resend_delivery": Row((), KEY),
        **{
            f"pwa:{name}": Row(EVERYBODY)
            for name in ("manifest", "icon", "worker", "offline", "token")
        },
        "pwa:subscribe": Row((), EVERYBODY),
        **{f"messaging:{name}": row for name, row in MESSAGING.items()},
        "reading:choose": Row(EVERYBODY, EVERYBODY),
        "reading:refuse": Row(EVERYBODY, EVERYBODY),
        "reading:mine": Row(COMMUNE_ROLES),
        **{f"exchange:{name}": row for name, row in ARCHIVES.items()},
        **{f"connect:{name}": row for name, row in CONNECT.items()},
        "coordination:home": Row(ADMIN),
        **{f"coordination:{name}": Row((), ADMIN) for name in ("decide", "retry_all", "retry")},
        "booking:numbers": Row(EVERYBODY, EVERYBODY),
        "journal:journal": Row(ADMIN),
        "journal:journal_csv": Row(ADMIN),
        "journal:verify": Row((), ADMIN),
        "journal:end_support": Row((), ADMIN),
        "incidents:report_form": Row(EVERYBODY, EVERYBODY),
        "incidents:find_link": Row(EVERYBODY, EVERYBODY),
        "incidents:link_sent": Row(EVERYBODY),
        "incidents:receipt": Row(EVERYBODY),
        "incidents:follow": Row(EVERYBODY, EVERYBODY),
        "incidents:photo": Row(EVERYBODY),
        "incidents:public_figures": Row(EVERYBODY),
        "incidents:near": Row(EVERYBODY),
        "incidents:same": Row((), EVERYBODY),
        "incidents:sticker": Row(EVERYBODY, EVERYBODY),
        "incidents:outline": Row(EVERYBODY),
        "incidents:partner": Row(EVERYBODY, EVERYBODY),
        "incidents:phone_round": Row(EVERYBODY),
        "incidents:phone_stop": Row(EVERYBODY, EVERYBODY),
        "incidents:open311": Row(EVERYBODY),
        "incidents:open311_discovery": Row(EVERYBODY),
        "incidents:open311_bulk": Row(EVERYBODY),
        "incidents:open311_nowhere": Row(EVERYBODY, EVERYBODY),
        **{
            f"incidents:open311_{place}_{page}": Row(EVERYBODY)
            for place in ("v2", "test")
            for page in ("discovery", "services", "definition", "single", "one", "token")
        },
        **{  # written by whoever holds a key
            f"incidents:open311_{place}_{page}": Row(EVERYBODY, TICKET)
            for place in ("v2", "test")
            for page in ("requests", "updates")
        },
        "incidents:agent:rounds": Row(REPORTS),
        "incidents:agent:new_round": Row(REPORT_DESK, REPORT_DESK),
        "incidents:agent:round": Row(REPORTS),
        "incidents:agent:add_to_round": Row(REPORT_DESK, REPORT_DESK),
        "incidents:agent:round_sheet": Row(REPORT_DESK),
        "incidents:agent:round_pdf": Row(REPORT_DESK),
        "incidents:agent:round_act": Row((), REPORT_DESK),
        "incidents:agent:stop_act": Row((), REPORT_DESK),
        "incidents:agent:interventions": Row(REPORTS, REPORT_DESK),
        "incidents:agent:change_intervention": Row(REPORT_DESK, REPORT_DESK),
        "incidents:agent:erase_intervention": Row((), REPORT_DESK),
        "incidents:agent:chase": Row((), REPORT_DESK),
        "incidents:agent:hotspots": Row(REPORTS),
        "incidents:agent:prevent": Row((), REPORT_DESK),
        "incidents:tile": Row(EVERYBODY),
        "incidents:suggest_address": Row(EVERYBODY),
        "incidents:here": Row(EVERYBODY),
        "incidents:public_list": Row(EVERYBODY),
        "incidents:public_report": Row(EVERYBODY),
        "incidents:points": Row(EVERYBODY),
        "incidents:public_thanks": Row(EVERYBODY),
        "incidents:feed": Row(EVERYBODY),
        "incidents:embedded": Row(EVERYBODY),
        "incidents:agent:snippet": Row(REPORTS),
        "incidents:join": Row((), EVERYBODY),
        "incidents:follow_by_mail": Row((), EVERYBODY),
        "incidents:agent:list": Row(REPORTS),
        "incidents:agent:marks": Row(REPORTS),
        "incidents:agent:heat": Row(REPORTS),
        "incidents:agent:export": Row(REPORTS),
        "incidents:agent:work_orders": Row(REPORT_DESK),
        "incidents:agent:work_order": Row(REPORT_DESK),
        "incidents:agent:many": Row((), REPORT_DESK),
        "incidents:agent:save_filter": Row((), REPORTS),
        "incidents:agent:forget_filter": Row((), REPORTS),
        "incidents:agent:figures": Row(REPORTS),
        "incidents:agent:retention": Row(ADMIN),
        "incidents:agent:eliminations": Row(ADMIN),
        "incidents:agent:figure_definitions": Row(REPORTS),
        "incidents:agent:figure_table": Row(REPORTS),
        "incidents:agent:report": Row(REPORTS),
        "incidents:agent:move": Row(REPORT_DESK, REPORT_DESK),
        "incidents:agent:act": Row((), REPORT_DESK),
        "incidents:agent:edit": Row(REPORT_DESK, REPORT_DESK),
        "incidents:agent:photo": Row(REPORT_DESK, REPORT_DESK),
        "incidents:agent:photo_act": Row((), REPORT_DESK),
        "incidents:agent:capture": Row(RECEPTION, RECEPTION),
        "incidents:agent:slip": Row(REPORT_DESK),
        "incidents:agent:walk": Row(REPORT_DESK, REPORT_DESK),
        "incidents:agent:sort_walk": Row((), REPORT_DESK),
        "onboarding:sandbox": Row(COMMUNE_ROLES, COMMUNE_ROLES),
        "onboarding:home": Row(COMMUNE_ROLES),
        "shelf:pages": Row(EVERYBODY),
        "shelf:page": Row(EVERYBODY),
        **{
            f"library:{name}": Row(ADMIN)
            for name in ("home", "catalogue", "history", "pages", "origin")
        },
        **{
            f"library:{name}": Row(ADMIN, ADMIN)
            for name in ("offer", "page", "rewrite", "suggest")
        },
        **{
            f"library:{name}": Row((), ADMIN)
            for name in ("undo", "answer", "answer_all", "follow", "unlock")
        },
        "adoption:own": Row(COMMUNE_ROLES),
        "adoption:prefer": Row((), ADMIN),
        "adoption:calls": Row(DESK, DESK),
        "adoption:own_dts": Row(ADMIN, ADMIN),
        "adoption:own_letter": Row(COMMUNE_ROLES),
        "adoption:own_letter_pdf": Row(COMMUNE_ROLES),
        **{f"training:{name}": row for name, row in OWN_TRAINING.items()},
        "mutual:commune": Row(COMMUNE_ROLES),
        "mutual:open_desk": Row((), ADMIN),
        "mutual:close_desk": Row((), ADMIN),
        "mutual:neighbours": Row(EVERYBODY),
        "nearby:arrive": Row(EVERYBODY),
        "nearby:alert": Row(EVERYBODY, EVERYBODY),
        "nearby:asked": Row(EVERYBODY),
        "nearby:one_alert": Row(EVERYBODY, EVERYBODY),
        "nearby:stop": Row(EVERYBODY, EVERYBODY),
        "nearby:waits": Row(EVERYBODY),
        "nearby:badge": Row(EVERYBODY),
        "mutual:arrive": Row(EVERYBODY),
        "privacy:notice": Row(EVERYBODY),
        "privacy:ask": Row(EVERYBODY, EVERYBODY),
        "privacy:sent": Row(EVERYBODY),
        "privacy:enter": Row(EVERYBODY, EVERYBODY),
        "privacy:mine": Row(EVERYBODY),
        "privacy:download": Row(EVERYBODY),
        "privacy:erase": Row((), EVERYBODY),
        "privacy:request_human": Row((), EVERYBODY),
        "privacy:leave": Row((), EVERYBODY),
        "privacy:home": Row(ADMIN),
        "privacy:choose": Row(ADMIN, ADMIN),
        "privacy:register": Row(ADMIN),
        "privacy:register_file": Row(ADMIN),
        "privacy:erasures": Row(ADMIN),
        "privacy:answer": Row(ADMIN, ADMIN),
        "exchange:imports": Row(ADMIN),
        "exchange:new_import": Row(ADMIN, ADMIN),
        "exchange:import": Row(ADMIN),
        "exchange:import_columns": Row(ADMIN, ADMIN),
        "exchange:import_row": Row(ADMIN, ADMIN),
        "exchange:import_errors": Row(ADMIN),
        "exchange:start_import": Row((), ADMIN),
        "exchange:undo_import": Row((), ADMIN),
        "exchange:discard_import": Row((), ADMIN),
        "exchange:calendars": Row(DESK),
        "exchange:calendar": Row(DESK),
        "exchange:add_calendar": Row(ADMIN, ADMIN),
        "exchange:read_calendar": Row((), ADMIN),
        "exchange:remove_calendar": Row((), ADMIN),
        **{
            f"website:{name}": Row(EVERYBODY)
            for name in ("sitemap", "picture", "short", "short_anywhere")
        },
        **{f"website:{name}": Row(ADMIN) for name in ("addresses", "poster", "prepared")},
        "website:address": Row(ADMIN, ADMIN),
        "agenda:read": Row(EVERYBODY),  # who knows its address
        "calendars:home": Row(DESK),
        **{f"calendars:{name}": Row((), DESK) for name in ("share", "renew", "end")},
        **{f"ideas:{name}": Row(COMMUNE_ROLES) for name in ("list", "idea", "road", "news")},
        "ideas:add": Row(COMMUNE_ROLES, COMMUNE_ROLES),
        **{f"ideas:{name}": Row((), COMMUNE_ROLES) for name in ("vote", "take_back", "follow")},
        "onboarding:wizard": Row(ADMIN),
        "onboarding:wizard_preview": Row(ADMIN),
        **{
            f"onboarding:wizard_{name}": Row(ADMIN, ADMIN)
            for name in (
                *("identity", "contacts", "modules", "services", "hours", "reports", "team"),
                *("takeover", "kit", "agreement", "retention", "approval", "check"),
            )
        },
        "onboarding:wizard_poster": Row(ADMIN),
        "onboarding:wizard_paper": Row(ADMIN),
        "onboarding:wizard_trials": Row(ADMIN),
        "onboarding:wizard_send": Row((), ADMIN),
        "onboarding:wizard_undo": Row((), ADMIN),
        "onboarding:wizard_trial_link": Row(EVERYBODY, EVERYBODY),
    },
    "association": {
        **EVERYWHERE,
        **FOUND,
        **HAND_OVER,
        **DEPARTURES,
        **{
            f"messaging:{name}": Row(
                *(DIRECTION if each else () for each in (row.reads, row.acts))
            )
            for name, row in MESSAGING.items()
            if name != "texts"
        },
        "mutual:agreements": Row(ASSOCIATION),
        "mutual:add_agreement": Row(ASSOCIATION, ASSOCIATION),
        "mutual:change_agreement": Row(ASSOCIATION, ASSOCIATION),
        "mutual:desk": Row(ASSOCIATION),
        "mutual:choose_agents": Row((), ("director",)),
        "adoption:dashboard": Row(EVERYBODY),  # strangers see the association's public page
        "communes": Row(ASSOCIATION),
        "adoption:communes_csv": Row(ASSOCIATION),
        **{
            name: Row(ASSOCIATION)
            for name in (
                *("monday", "pipeline_file", "pipeline_map", "switch_windows"),
                *("switch_windows_ics", "commune_card"),
                *("ideas:list", "ideas:idea", "ideas:road", "ideas:news"),
            )
        },
        **{
            name: Row(ASSOCIATION, ASSOCIATION)
            for name in (
                *("import_prospects", "call_task", "commune_move", "add_contact"),
                *("change_contact", "log_interaction", "add_obstacle", "change_obstacle"),
                *("solution", "add_task", "referents"),
                *("ideas:add", "ideas:answer", "ideas:merge", "ideas:publish"),
            )
        },
        **{
            name: Row((), ASSOCIATION)
            for name in (
                *("put_task_off", "finish_task", "reopen_task", "undo_move"),
                *("delete_contact", "solve_obstacle", "reopen_obstacle", "delete_solution"),
            )
        },
        "opening": Row(ASSOCIATION),
        "opening_waive": Row(ASSOCIATION, ASSOCIATION),
        **{
            f"opening_{name}": Row((), ASSOCIATION)
            for name in ("approve", "refuse", "undo", "withdraw")
        },
        "commune_card": Row(ASSOCIATION),
        "support": Row(ASSOCIATION, ASSOCIATION),
        "end_support": Row((), ASSOCIATION),
        "commune_preview": Row(ASSOCIATION, ASSOCIATION),
        "commune_creation": Row(ASSOCIATION, ASSOCIATION),
        "commune_creation_resume": Row((), ASSOCIATION),
        "association_settings": Row(("director",), ("director",)),
        "association_sandbox": Row(ASSOCIATION, ASSOCIATION),
        "adoption:definitions": Row(EVERYBODY),
        **{f"training:{name}": row for name, row in TRAINING.items()},
        **{
            f"library:{name}": Row(ASSOCIATION)
            for name in ("index", "suggestions", "template", "holders", "version")
        },
        **{
            f"library:{name}": Row(ASSOCIATION, ASSOCIATION)
            for name in ("new", "suggestion", "describe", "draft", "impact", "add_item", "item")
        },
        **{
            f"library:{name}": Row((), ASSOCIATION)
            for name in (
                "archive",
                "adapt",
                "resume",
                "open_draft",
                "drop_draft",
                "publish",
                "move",
            )
        },
        "adoption:figures": Row(EVERYBODY),
        "adoption:figures_csv": Row(EVERYBODY),
        "adoption:table": Row(ASSOCIATION),
        "adoption:estimates": Row(ASSOCIATION, ASSOCIATION),
        "adoption:scores": Row(ASSOCIATION),
        "adoption:score": Row(ASSOCIATION),
        "adoption:letters": Row(ASSOCIATION),
        "adoption:letter": Row(ASSOCIATION),
        "adoption:letter_pdf": Row(ASSOCIATION),
        "adoption:send_letter": Row((), ASSOCIATION),
        "adoption:dts": Row(ASSOCIATION),
        "adoption:dts_file": Row((), ASSOCIATION),
        "adoption:dts_commune": Row(ASSOCIATION, ASSOCIATION),
        "stateid:configure": Row(DIRECTION, DIRECTION),
    },
    "login": {
        **EVERYWHERE,
        **{
            f"{place}_{page}": Row(heads, ()) if page == "team" else Row((), heads)
            for place, heads in (("commune", ("admin",)), ("association", ("director",)))
            for page in ("team", "invite", "resend", "cancel", "member", "remove", "end_sessions")
        },
        "stateid_citizen": Row(AWAY),
        "stateid_citizen_back": Row(AWAY),
        "stateid_login": Row((), AWAY),
        "stateid_callback": Row(AWAY),
        "identities": Row(LOGGED_IN),
        "unlink_identity": Row((), LOGGED_IN),
        **{
            f"{place}_{page}": Row(heads) if page == "identities" else Row((), heads)
            for place, heads in (("commune", ("admin",)), ("association", ("director",)))
            for page in ("identities", "accept_identity", "refuse_identity")
        },
        "account_login": Row(OPEN, OPEN),
        "login": Row(OPEN, OPEN),
        "account_request_login_code": Row(OPEN, OPEN),
        "account_confirm_login_code": Row(OPEN, OPEN),
        "mfa_login_webauthn": Row(OPEN, OPEN),
        "mfa_authenticate": Row(OPEN, OPEN),
        "account_email_verification_sent": Row(OPEN, OPEN),
        "account_inactive": Row(OPEN, OPEN),
        "account_signup": Row(OPEN, OPEN),
        "account_reset_password": Row(OPEN, OPEN),
        "account_confirm_password_reset_code": Row(OPEN, OPEN),
        "account_complete_password_reset": Row(OPEN, OPEN),
        "account_password_reset_completed": Row(OPEN, OPEN),
        "invitation": Row(OPEN, OPEN),
        "follow_invitation": Row(OPEN, OPEN),
        "home": Row(LOGGED_IN, LOGGED_IN),
        "places": Row(LOGGED_IN, LOGGED_IN),
        "authorise": Row(LOGGED_IN, LOGGED_IN),
        "account_logout": Row(LOGGED_IN, LOGGED_IN),
        "account": Row(LOGGED_IN, LOGGED_IN),
        "account_email": Row(LOGGED_IN, LOGGED_IN),
        "account_change_password": Row(LOGGED_IN, LOGGED_IN),
        "account_set_password": Row(LOGGED_IN, LOGGED_IN),
        "account_reauthenticate": Row(LOGGED_IN, LOGGED_IN),
        "mfa_reauthenticate": Row(LOGGED_IN, LOGGED_IN),
        "mfa_reauthenticate_webauthn": Row(LOGGED_IN, LOGGED_IN),
        "mfa_index": Row(LOGGED_IN, LOGGED_IN),
        "mfa_activate_totp": Row(LOGGED_IN, LOGGED_IN),
        "mfa_deactivate_totp": Row(LOGGED_IN, LOGGED_IN),
        "mfa_view_recovery_codes": Row(LOGGED_IN, LOGGED_IN),
        "mfa_generate_recovery_codes": Row(LOGGED_IN, LOGGED_IN),
        "mfa_list_webauthn": Row(LOGGED_IN, LOGGED_IN),
        "mfa_add_webauthn": Row(LOGGED_IN, LOGGED_IN),
        "mfa_edit_webauthn": Row(LOGGED_IN, LOGGED_IN),
        "mfa_remove_webauthn": Row(LOGGED_IN, LOGGED_IN),
        "practice": Row(LOGGED_IN, LOGGED_IN),
        "usersessions_list": Row(LOGGED_IN, LOGGED_IN),
        "mutual:my_day": Row(LOGGED_IN),
    },
    "unknown": {},
}
ARGUMENTS = {
    "form": "json",
    "service_code": "nid-de-poule",
    "rest": "v2/ailleurs",
    "provider_id": "proconnect",
    "appointment_id": "CANAR001",
    "code": "carte-identite",
    "webhook_id": 1,
    "delivery_id": UUID(int=1),
    "shape": "plein",
    "word": "cni",
    "size": 192,
    "number": 1,
    "line": 2,
    "entry_id": 1,
    "ticket_id": 1,
    "site_id": 1,
    "service": 1,
    "position": 1,
    "secret": "A" * 32,
    "kind": "csv",
    "name": "resume",
    "slug": "carte-identite",
    "written": "2026-11-30",
    "reference": "CANAR001",
    "token": "A" * 32,
    "derived": f"CANAR001.{'a' * 32}",
    "insee_code": "33314",
    "trial": "mail",
    "paper_code": "registre",
    "item": "admins",
    "pk": 1,
    "rule": "appointment_contact",
    "key": "photo",
    "module": "booking",
    "uuid": UUID(int=1),
    "event": "booked",
    "what": "remise",
    "signed": "A" * 32,
    "language": "fr",
    "z": 12,
    "x": 2039,
    "y": 1465,
}


def routes(patterns, prefix="", outer=()):
    """Yield the full name and the named arguments of each route."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            assert pattern.name, pattern
            yield prefix + pattern.name, [*outer, *pattern.pattern.converters]
        else:
            space = f"{pattern.namespace}:" if pattern.namespace else ""
            names = (*outer, *pattern.pattern.converters)
            yield from routes(pattern.url_patterns, prefix + space, names)


ROUTES = {
    kind: dict(routes(get_resolver(urlconf).url_patterns)) for kind, urlconf in URLCONFS.items()
}
HOSTS = {
    "portal": "localhost",
    "commune": "pauillac.localhost",
    "association": "gironde.localhost",
    "login": "connexion.localhost",
}


@pytest.mark.parametrize("kind", URLCONFS)
def test_every_route_has_its_row_and_every_row_its_route(kind):
    assert set(ROUTES[kind]) == set(MATRIX[kind])


@pytest.fixture
def actors(make_user, commune, other_commune, association, settings):
    """Everybody who could ask, each with a browser for any site; second factors have tests."""
    settings.DEMO = True
    people = {"anonymous": None}
    for role in COMMUNE_ROLES:
        people[role] = make_user(role, commune=commune)
    # Whoever may do everything there: a site forgets a stranger before it asks for her role.
    people["other admin"] = make_user(
        "admin", commune=other_commune, email="a@lacanau.example.org"
    )
    for role in ASSOCIATION_ROLES:
        people[role] = make_user(role)
    own = {
        "commune": commune.schema_name,
        "association": f"association:{association.pk}",
        "login": "login",
        "portal": "portal",
    }
    home = {
        name: (
            other_commune.schema_name
            if name.startswith("other ")
            else own["association"]
            if name in ASSOCIATION_ROLES
            else own["commune"]
        )
        for name in people
    }

    def browser(name, kind):
        client = Client(headers={"host": HOSTS[kind]}, raise_request_exception=False)
        user = people[name]
        if user is not None:
            login_as(client, user, site="login" if kind == "login" else home[name])
        return client

    def again(first):
        """Open one more browser in the same session, which what was undone gave back."""
        client = Client(raise_request_exception=False, **first.defaults)
        client.cookies = SimpleCookie({key: each.value for key, each in first.cookies.items()})
        return client

    return list(people), browser, again


@pytest.fixture
def canary(commune, other_commune):
    """An appointment here and one in the other commune under a name nobody else has."""
    for schema, reference, name, email in (
        (commune.schema_name, "CANAR001", "Personne d’ici", "ici@example.org"),
        (other_commune.schema_name, "CANAR002", CANARY, MAIL),
    ):
        with schema_context(schema):
            service = Service.objects.create(
                slug="carte-identite", name="Carte d’identité", titles="CNI", minutes=[20]
            )
            start = NOW.replace(day=30)
            Appointment.objects.create(
                reference=reference,
                service=service,
                site=Site.objects.create(name="Mairie"),
                period=TimestamptzRange(start, start.replace(minute=20), "[)"),
                status="booked",
                channel="online",
                name=name,
                email=email,
                token_hash=reference,
                idempotency_key=uuid4(),
            )
    with schema_context(other_commune.schema_name):
        leave_canaries()


def leave_canaries():
    """Write the name in every part of a commune, under the numbers that the routes ask for."""
    kind = Category.objects.create(
        code="nid-de-poule", group="Voirie", name=f"Nid de {CANARY}", is_active=True
    )
    found = report(kind, text=CANARY, name=CANARY, email=MAIL)
    reporters.answer(report=found, text=CANARY, now=NOW)
    said = {"key": "canary", "subject": CANARY, "body": CANARY, "to": [MAIL]}
    OutgoingEmail.objects.update_or_create(id=1, defaults=said)
    OutgoingText.objects.create(
        id=1, key="canary", to="+33698765432", body=CANARY, segments=1, cost=1
    )
    Gathered.objects.create(key="canary", to=MAIL, kind=Kind.NEWS, subject=CANARY, language="fr")
    PushSubscription.objects.create(
        id=1, subject=f"report:{found.pk}", endpoint=f"https://push.example/{CANARY}"
    )
    Title.objects.create(
        id=1, kind="CNI", number="CANAR002", holder=CANARY, email=MAIL, language="fr",
        token_hash="canary", arrived_on=NOW.date(),
    )  # fmt: skip
    batch = ImportBatch.objects.create(
        id=1, kind="appointments", state="done", file_name=f"{CANARY}.csv", header=[CANARY],
        by_id=1, by_name=CANARY, applied_at=NOW,
    )  # fmt: skip
    ImportRow.objects.create(id=1, batch=batch, line=2, cells=[CANARY, MAIL])
    DataRequest.objects.create(id=1, kind="other", email=MAIL, words=CANARY, asked_at=NOW)


def allowed(policy, name):
    return policy == EVERYBODY or (policy == LOGGED_IN and name != "anonymous") or name in policy


def verdict(answer):
    """Say in one word what the answer means to the person."""
    if answer.status_code == 405:
        return "no such method"
    if answer.status_code == 403:
        return "refused"
    if answer.status_code == 401:
        return "no key"
    if answer.status_code == 302 and "/connexion/" in answer["Location"]:
        return "login"
    if answer.status_code == 404:
        return "unknown"
    if answer.status_code < 500:
        return "served"
    return f"broken {answer.status_code}"


BEFORE = {
    AWAY: {"unknown", "served"},
    OPEN: {"served", "login", "refused", "no such method"},
}


def expected(policy, name, kind, method):
    """What the row promises this person."""
    if policy == ():
        return {"no such method", "login", "refused"} | ({"unknown"} if kind == "login" else set())
    if policy in BEFORE:
        return BEFORE[policy]
    if kind == "login":
        return on_login_host(policy, name)
    if policy == TICKET:
        return {"refused"}
    if policy == KEY:
        return {"no key"}
    if allowed(policy, name):
        return {"served", "unknown"}
    stranger = name == "anonymous" or name.startswith("other ")
    foreign = (kind == "commune") == (name in ASSOCIATION_ROLES)
    if stranger or foreign:  # a form sent by a stranger is not kept for after the login
        return {"login"} if method == "get" else {"login", "refused"}
    return {"refused"}


def on_login_host(policy, name):
    """Say what the account pages promise; a team that is not one's own does not exist."""
    if policy == EVERYBODY:
        return {"served"}
    if name == "anonymous":
        return {"login", "refused"}
    if policy == LOGGED_IN:
        return {"served", "login", "no such method", "unknown"}
    return {"served", "unknown"} if name in policy else {"refused", "unknown", "login"}


def parts():
    """Group the routes of each site by the part of the product they belong to."""
    found = {}
    for kind in HOSTS:
        for route in MATRIX[kind]:
            found.setdefault((kind, route.rpartition(":")[0]), []).append(route)
    return found


PARTS = parts()


@contextmanager
def undone():
    """Take back what a request wrote, so that the next one finds everything as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    caches["shared"].clear()


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "part"), PARTS, ids=str)
def test_the_rows_hold_for_everybody(actors, canary, kind, part):
    names, browser, again = actors
    firsts = {name: browser(name, kind) for name in names}
    wrong = {}
    for route in PARTS[kind, part]:
        for method in ("get", "post"):
            policy = getattr(MATRIX[kind][route], "reads" if method == "get" else "acts")
            with undone():
                for name in names:
                    answer = getattr(again(firsts[name]), method)(address(kind, route))
                    word = verdict(answer)
                    if word not in expected(policy, name, kind, method):
                        wrong[route, method, name] = word
                    assert_no_canary(answer)
                    assert_says_what_it_is(answer)

    assert wrong == {}


def address(kind, route):
    arguments = {key: ARGUMENTS[key] for key in ROUTES[kind].get(route, ())}
    if "slug" in arguments and route.startswith("messaging:"):
        arguments["slug"] = "courriels"
    if "slug" in arguments and kind == "login":
        arguments["slug"] = "gironde" if route.startswith("association") else "pauillac"
    return reverse(route, urlconf=URLCONFS[kind], kwargs=arguments)


def body_of(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def assert_no_canary(answer):
    """No word of the other commune, nor in a header, nor in a file that is unpacked."""
    said = b"\n".join([body_of(answer), str(answer.headers).encode()])
    if said.startswith(b"PK"):
        with ZipFile(BytesIO(body_of(answer))) as file:
            said += b"".join(file.read(name) for name in file.namelist())
    for word in (CANARY, CANARY.split()[1].lower() + "@", "CANAR002", "33698765432"):
        assert word.encode() not in said


def assert_says_what_it_is(answer):
    """A browser guesses nothing: each content has its type, a text its encoding."""
    kind = answer.get("Content-Type", "")
    if answer.streaming or answer.content:
        assert "/" in kind
    if kind.startswith("text/"):
        assert "charset=utf-8" in kind.lower()


BY_OBJECT = [route for route, names in ROUTES["commune"].items() if "reference" in names]


@pytest.mark.django_db
@pytest.mark.parametrize("route", BY_OBJECT)
def test_an_object_of_another_commune_does_not_exist(actors, canary, route):
    _names, browser, _again = actors
    wanted = {name: ARGUMENTS[name] for name in ROUTES["commune"][route]}
    path = reverse(route, urlconf=URLCONFS["commune"], kwargs=wanted | {"reference": "CANAR002"})
    method = "get" if MATRIX["commune"][route].reads else "post"

    answer = getattr(browser("admin", "commune"), method)(path)

    assert answer.status_code == 404
    assert CANARY not in answer.content.decode()


@pytest.mark.django_db
def test_a_link_in_a_message_of_another_commune_opens_nothing(canary, other_commune):
    """It is good where it was made: the page says the name there, and here it does not exist."""
    with schema_context(other_commune.schema_name):
        DataRequest.objects.all().delete()  # its number is wanted by the one that follows
        rights.send_link(email=MAIL, now=timezone.now())
        bodies = "\n".join(OutgoingEmail.objects.values_list("body", flat=True))
        choice = preferences.path(preferences.key_of(MAIL, Audience.CITIZEN))
    links = {choice, *re.findall(r"http://lacanau\.localhost:8000(/\S+)", bodies)}
    with_secret = sorted(path for path in links if SECRET.search(path))

    there, here = (
        [
            Client(headers={"host": host}).generic("POST" if "/lien/" in path else "GET", path)
            for path in with_secret
        ]
        for host in ("lacanau.localhost", HOSTS["commune"])
    )

    assert {path.split("/")[1] for path in with_secret} == {"mes-donnees", "messages", "suivi"}
    assert {answer.status_code for answer in there} == {200, 302}
    assert {answer.status_code for answer in here} <= {404, 410}
    for answer in here:
        assert_no_canary(answer)
