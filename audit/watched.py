"""What is written down when it changes, and what is not, with the reason.

Every table of a commune is in one of the two lists: a test looks, and compares the first with the
triggers in the database. A new table gets its trigger by a migration of this app.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Watch:
    """How one table is written down."""

    label: str = ""
    """The columns that name a row, for people; none of them says anything of a citizen."""
    hidden: str = ""
    """Columns of which only the change is written, never the value."""
    ignored: str = ""
    """Columns that change by themselves."""
    commune: str = ""
    """In public: the column that leads to the commune whose record it is."""


PERSON = "name,email,phone"
KEYS = "token_hash,idempotency_key"
WATCHED = {
    "booking_settings": Watch(ignored="version"),
    "booking_service": Watch(label="name"),
    "booking_serviceneed": Watch(label="kind"),
    "booking_servicelink": Watch(),
    "booking_site": Watch(label="name"),
    "booking_resource": Watch(label="name"),
    "booking_resource_services": Watch(),
    "booking_opening": Watch(label="weekday"),
    "booking_opening_resources": Watch(),
    "booking_opening_services": Watch(),
    "booking_openingoverride": Watch(label="day", hidden="reason"),
    "booking_openingoverride_resources": Watch(),
    "booking_closure": Watch(label="period", hidden="reason"),
    "booking_outage": Watch(label="place", hidden="reason", ignored="idempotency_key"),
    "booking_sharing": Watch(),
    "booking_documenttext": Watch(label="key"),
    "booking_messagetext": Watch(label="event,language"),
    "booking_appointment": Watch(
        label="reference",
        hidden=f"{PERSON},language,from_commune,note,override_reason,cancel_reason",
        ignored=f"{KEYS},version,created_at",
    ),
    "booking_participant": Watch(
        hidden="name,pre_application,other_number,situation,documents,ticks,missing",
    ),
    "booking_ticket": Watch(label="number", hidden="name,note"),
    "booking_waitingentry": Watch(
        hidden=f"{PERSON},language,people,refused,first_day,last_day,weekdays",
        ignored="token_hash,created_at",
    ),
    "booking_title": Watch(hidden="number,holder,email,phone,language", ignored="token_hash"),
    "incidents_settings": Watch(),
    "incidents_team": Watch(label="name"),
    "incidents_handler": Watch(label="name"),
    "incidents_category": Watch(label="name"),
    "incidents_zone": Watch(label="name", hidden="outline"),
    "incidents_routingrule": Watch(label="position"),
    "incidents_asset": Watch(label="code", hidden="token"),
    "incidents_messagetext": Watch(label="event,language"),
    "incidents_replytemplate": Watch(label="title"),
    "incidents_savedfilter": Watch(label="name", hidden="query"),
    "incidents_report": Watch(
        label="reference",
        hidden="text,lat,lon,address,address_id",
        ignored="idempotency_key,version,touched_at",
    ),
    "incidents_reportcontact": Watch(hidden=f"{PERSON},language", ignored="token_hash"),
    "incidents_follower": Watch(hidden="email,language", ignored="token_hash,created_at"),
    "incidents_message": Watch(hidden="text"),
    "incidents_photo": Watch(label="stage", hidden="name,blurred,suggested", ignored="created_at"),
    "incidents_categoryattribute": Watch(label="code"),
    "incidents_reportanswers": Watch(hidden="values,unknown"),
    "incidents_openserver": Watch(label="url", hidden="key", ignored="polled_at,failed_at,error"),
    "incidents_intervention": Watch(label="done_on", hidden="material,note", ignored="key"),
    "incidents_intervention_reports": Watch(),
    "incidents_round": Watch(label="title", ignored="token_hash"),
    "incidents_stop": Watch(hidden="note", ignored="key"),
    "shelf_origin": Watch(label="name", hidden="base,keys"),
    "shelf_page": Watch(label="title"),
    "exchange_archivefile": Watch(ignored="name"),
    "exchange_importbatch": Watch(
        label="kind", hidden="header,columns,settings", ignored="touched_at"
    ),
    "calendars_agenda": Watch(
        label="name", hidden="token_hash", ignored="fetched_at,submission,created_at"
    ),
    "website_shortlink": Watch(label="word"),
    "exchange_calendarfeed": Watch(
        label="name",
        hidden="url",
        ignored="tried_at,good_at,error,events,refused,touched,tag,modified",
    ),
    "connect_apiclient": Watch(label="name", hidden="contact"),
    "connect_apikey": Watch(label="prefix", hidden="digest", ignored="last_used_at"),
    "connect_webhook": Watch(
        label="name", hidden="url,secret,old_secret", ignored="failing_since,paused_until"
    ),
    "coordination_rules": Watch(),
    "messaging_textsettings": Watch(),
    "privacy_choice": Watch(label="rule", hidden="reason"),
    "privacy_datarequest": Watch(label="kind", hidden="email,words,answer,answered_by"),
}
UNWATCHED = {
    "audit_entry": "the record itself",
    "parvis_outgoingemail": "derived: a message tells what is written down already",
    "messaging_outgoingtext": "derived: a message tells what is written down already",
    "messaging_gathered": "derived: what a later message will tell at once",
    "messaging_preference": "what somebody chose for herself, from the foot of a message",
    "messaging_outgoingpush": "derived: a message tells what is written down already",
    "messaging_pushsubscription": "passing: where a browser wants to be told",
    "messaging_textspending": "counts",
    "nearby_alert": "passing: what somebody wants to be told, from the link of a message",
    "privacy_datalink": "passing: a link that was asked for",
    "privacy_night": "a history: what each night erased",
    "booking_allocation": "derived: the place of an appointment, which is watched",
    "booking_outagecase": "derived: the appointments that an outage touches",
    "booking_tally": "counts",
    "coordination_declaration": "derived: what the State is told of an appointment",
    "coordination_meeting": "counts",
    "api_sending": "passing: recognises a request that another program repeats, for a day",
    "booking_appointmentevent": "a history, append-only",
    "booking_settingschange": "a history, from which a change is undone",
    "incidents_settingschange": "a history, from which a change is undone",
    "incidents_statuschange": "a history, append-only",
    "incidents_reportevent": "a history, append-only",
    "incidents_elimination": "a history, append-only",
    "incidents_catalogue": "derived: when the catalogue, which is watched, changed last",
    "incidents_retiredcode": "derived: from the deletion of a category, which is watched",
    "incidents_trial": "passing: what an integrator tries, gone after a day",
    "incidents_openrequest": "a history: what other software sent",
    "incidents_openupdate": "a history: what other software sent",
    "incidents_mediafetch": "passing: a photo to fetch",
    "incidents_dispatch": "an outbox: what leaves for other servers",
    "incidents_heardupdate": "passing: what has been read already",
    "incidents_clockpause": "derived: follows the status of a report",
    "shelf_updateproposal": "derived: what the library offers; answering changes the text",
    "shelf_arrival": "a history",
    "learning_stepdone": "how far somebody is in her own training",
    "learning_exercisetry": "how far somebody is in her own training",
    "connect_callday": "counts",
    "connect_delivery": "derived: a message tells what is written down already",
    "exchange_archiveevent": "a history, append-only",
    "exchange_importrow": "passing: the lines of a file, whose import is watched",
    "exchange_importedref": "passing: finds again what a file said",
    "exchange_columnmemory": "passing: how a file was read last time",
}
WATCHED_IN_PUBLIC = {
    "tenants_commune": Watch(label="name", commune="id"),
    "tenants_domain": Watch(label="domain", commune="commune_id"),
    "tenants_membership": Watch(label="role", commune="commune_id"),
    "tenants_trialkey": Watch(hidden="key", commune="commune_id"),
    "tenants_departure": Watch(
        label="state", hidden="asked_by_email,certificate", commune="commune_id"
    ),
    "identity_invitation": Watch(
        label="role", hidden="email,name", ignored="digest", commune="commune_id"
    ),
    "identity_supportaccess": Watch(label="user_name", commune="commune_id"),
    "onboarding_communefile": Watch(
        hidden="secretary_name,secretary_email,secretary_phone,dpo_phone,accounts_email",
        ignored="updated_at",
        commune="commune_id",
    ),
    "onboarding_launch": Watch(commune="commune_id"),
    "onboarding_proof": Watch(label="kind", commune="commune_id"),
    "widgets_customdomain": Watch(
        label="domain", ignored="token,checked_at", commune="commune_id"
    ),
    "widgets_embeddingsite": Watch(commune="commune_id"),
    "stateid_citizenlogin": Watch(commune="commune_id"),
    "stateid_linkrequest": Watch(
        label="provider", hidden="uid,idp_id,user_id", commune="commune_id"
    ),
    "mutual_phonedesk": Watch(commune="commune_id"),
    "mutual_sharedservice": Watch(commune="host_id"),
}


def arguments(watch: Watch) -> list[str]:
    """Give a trigger what it must know."""
    said = [watch.hidden, watch.ignored, watch.label]
    return [*said, watch.commune] if watch.commune else said
