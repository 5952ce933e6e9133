"""What appointments tell about people."""

from parvis.personal import NOT_PERSONAL, Kind, Pii, Purpose, Table


WHO = Pii(Kind.IDENTITY, Purpose.APPOINTMENTS, "appointment_contact")
REACH = Pii(Kind.CONTACT, Purpose.APPOINTMENTS, "appointment_contact")
LINK = Pii(Kind.SECRET, Purpose.APPOINTMENTS, "appointment_contact")
CASE = Pii(Kind.SITUATION, Purpose.APPOINTMENTS, "appointment_contact")
NUMBER = Pii(Kind.NUMBER, Purpose.APPOINTMENTS, "pre_application")
WORDS = Pii(Kind.WORDS, Purpose.APPOINTMENTS, "appointment_words")
TAKEN_BY = Pii(Kind.STAFF, Purpose.APPOINTMENTS, "appointment_contact")
WAITING = Pii(Kind.CONTACT, Purpose.APPOINTMENTS, "waiting")
TITLE = Pii(Kind.CONTACT, Purpose.APPOINTMENTS, "title")
HALL = Pii(Kind.IDENTITY, Purpose.APPOINTMENTS, "hall_ticket")
HISTORY = Pii(Kind.STAFF, Purpose.APPOINTMENTS, "history")

MODELS: Table = {
    "Settings": {
        NOT_PERSONAL: "id version hold_minutes presence_days offer_minutes misses_allowed",
    },
    "Service": {
        NOT_PERSONAL: "id slug name name_en text text_en icon titles minutes completion_minutes"
        " buffer_before buffer_after notice_hours horizon_days documents needs_no_document terms"
        " instructions is_online is_cancellable_online is_confidential asks_presence"
        " is_collection has_waiting_list is_active position",
    },
    "Site": {NOT_PERSONAL: "id name address"},
    "Resource": {NOT_PERSONAL: "id site kind name active position services"},
    "ServiceNeed": {NOT_PERSONAL: "id service kind count"},
    "ServiceLink": {NOT_PERSONAL: "id first second min_days max_days"},
    "Appointment": {
        NOT_PERSONAL: "id reference service site period persons status channel is_resident"
        " certifies_identity identity_checked_at idempotency_key held_until extended created_at"
        " booked_at cancelled_at reminded_at presence_asked_at presence_confirmed_at arrived_at"
        " called_at served_at outcome follows instead_of waiting_entry version",
        WHO: "name from_commune",
        REACH: "email phone language",
        LINK: "token_hash",
        WORDS: "cancel_reason note override_reason",
        TAKEN_BY: "taken_by_id taken_by_name",
    },
    "Participant": {
        NOT_PERSONAL: "id appointment position missing cancelled_at",
        WHO: "name",
        NUMBER: "pre_application other_number",
        CASE: "situation documents ticks",
    },
    "Allocation": {NOT_PERSONAL: "id appointment resource period start_at state expires_at"},
    "AppointmentEvent": {
        NOT_PERSONAL: "id appointment kind at detail",
        HISTORY: "by_id by_name",
    },
    "Opening": {
        NOT_PERSONAL: "id weekday start_time end_time step_minutes valid_from valid_to"
        " every_weeks week_of_month school quota release_days release_time residents_days"
        " resources services",
    },
    "OpeningOverride": {NOT_PERSONAL: "id opening day start_time end_time reason resources"},
    "Closure": {NOT_PERSONAL: "id period resource site reason"},
    "Outage": {
        NOT_PERSONAL: "id closure place period reason idempotency_key reported_at repaired_at",
        HISTORY: "by_id by_name repaired_by_name",
    },
    "OutageCase": {
        NOT_PERSONAL: "id outage appointment start reseated_at proposed_at held_until",
    },
    "Ticket": {
        NOT_PERSONAL: "id site day number service appointment created_at called_at called_to"
        " served_at left_at",
        HALL: "name note",
    },
    "WaitingEntry": {
        NOT_PERSONAL: "id service appointment created_at refused offers_missed served_at left_at",
        WAITING: "people name email phone language first_day last_day weekdays token_hash",
    },
    "Title": {
        NOT_PERSONAL: "id kind participant station arrived_on told_at reminded_at collection"
        " collected_on destroyed_on",
        TITLE: "number holder email phone language token_hash",
    },
    "Sharing": {NOT_PERSONAL: "id asks offers services"},
    "Tally": {NOT_PERSONAL: "id kind key day count"},
    "DocumentText": {NOT_PERSONAL: "id key title title_en text text_en"},
    "MessageText": {NOT_PERSONAL: "id event language subject text"},
    "SettingsChange": {
        NOT_PERSONAL: "id label before created at undone_at",
        HISTORY: "by_id by_name",
    },
}
