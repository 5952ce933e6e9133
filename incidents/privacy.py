"""What reports tell about people: the table of :mod:`incidents.keeping`, and what is set up."""

from collections.abc import Mapping

from incidents.keeping import MODELS as KEPT, Kind as Told
from parvis.personal import NOT_PERSONAL, Kind, Mark, Pii, Purpose, Table


REPORTER = Pii(Kind.CONTACT, Purpose.REPORTS, "report_contact")
WORDS = Pii(Kind.WORDS, Purpose.REPORTS, "report_contact")
PICTURE = Pii(Kind.PICTURE, Purpose.REPORTS, "report_photos")
PLACE = Pii(Kind.PLACE, Purpose.REPORTS, "report_record")
DONE_BY = Pii(Kind.STAFF, Purpose.REPORTS, "report_record")
TEAM = Pii(Kind.STAFF, Purpose.REPORTS, "membership")
HISTORY = Pii(Kind.STAFF, Purpose.REPORTS, "history")

MARKS: Mapping[Told, Mark] = {
    Told.NOTHING: NOT_PERSONAL,
    Told.REPORTER: REPORTER,
    Told.WORDS: WORDS,
    Told.PICTURE: PICTURE,
    Told.PLACE: PLACE,
    Told.STAFF: DONE_BY,
}

MODELS: Table = {
    **{name: {MARKS[told]: names for told, names in kept.items()} for name, kept in KEPT.items()},
    "Team": {
        NOT_PERSONAL: "id name is_active depot_lat depot_lon",
        TEAM: "email members",
    },
    "Handler": {
        NOT_PERSONAL: "id kind name team email phone url commune pauses_clock is_active",
    },
    "Category": {
        NOT_PERSONAL: "id code group group_en name name_en icon keywords door moderation"
        " is_staff_only promise_unit promise similar_radius_m needs_after_photo needs_asset"
        " danger_text redirect_text redirect_url redirect_phone is_batch is_active position",
    },
    "CategoryAttribute": {
        NOT_PERSONAL: "id category code description datatype datatype_description is_variable"
        " is_required is_public position values",
    },
    "Catalogue": {NOT_PERSONAL: "id changed_at by_transaction"},
    "RetiredCode": {NOT_PERSONAL: "id code category_id"},
    "Trial": {
        NOT_PERSONAL: "id reference client_id service_code submitted_at",
        WORDS: "item updates",
    },
    "OpenServer": {
        NOT_PERSONAL: "id handler url jurisdiction key codes fallback poll_minutes"
        " overlap_minutes has_updates is_extended is_active polled_at failed_at error",
    },
    "Zone": {NOT_PERSONAL: "id name outline"},
    "RoutingRule": {
        NOT_PERSONAL: "id position category group zone road_class handler explanation",
    },
    "Asset": {NOT_PERSONAL: "id kind code name lat lon token is_active"},
    "MessageText": {NOT_PERSONAL: "id event language subject text"},
    "ReplyTemplate": {NOT_PERSONAL: "id title text status category"},
    "SavedFilter": {NOT_PERSONAL: "id name query is_shared", TEAM: "owner_id"},
    "Elimination": {NOT_PERSONAL: "id what references at"},
    "Settings": {NOT_PERSONAL: "id service service_address service_email service_phone"},
    "SettingsChange": {
        NOT_PERSONAL: "id label before created at undone_at",
        HISTORY: "by_id by_name",
    },
    "Intervention": {
        NOT_PERSONAL: "id team done_on minutes material cost_cents key reports",
        DONE_BY: "note by_id by_name",
    },
    "Round": {
        NOT_PERSONAL: "id team title day token_hash closed_at start_lat start_lon",
        DONE_BY: "made_by_id made_by_name",
    },
}
