"""What following communes tells about those who answer for them."""

from parvis.personal import NOT_PERSONAL, Kind, Pii, Purpose, Table


PERSON = Pii(Kind.CONTACT, Purpose.SUPPORT, "membership")
WORDS = Pii(Kind.WORDS, Purpose.SUPPORT, "membership")
BY = Pii(Kind.STAFF, Purpose.SUPPORT, "membership")

MODELS: Table = {
    "Creation": {
        NOT_PERSONAL: "id commune asked_at schema_at furnished_at open_to_team_at moved_at"
        " invited_at",
        PERSON: "admin_email",
        BY: "by_id by_name",
    },
    "Contact": {
        NOT_PERSONAL: "id commune is_main created_at",
        PERSON: "name function phone email",
    },
    "Interaction": {
        NOT_PERSONAL: "id commune kind on written_at",
        PERSON: "contact",
        WORDS: "text",
        BY: "by_id by_name",
    },
    "Obstacle": {
        NOT_PERSONAL: "id commune module reason_code idea noted_at solved_at",
        WORDS: "detail",
        BY: "by_name solved_by_name",
    },
    "ExistingSolution": {
        NOT_PERSONAL: "id commune module vendor product contract_end notice_days integrated_with"
        " satisfaction export_formats mode",
    },
    "Referent": {NOT_PERSONAL: "id commune rank", BY: "user"},
    "Task": {
        NOT_PERSONAL: "id commune module title why script due rule key about written_at done_at",
        BY: "by_name done_by_name",
    },
    "CommuneFile": {
        NOT_PERSONAL: "id commune postal_address phone email accounts_email siret service_code"
        " needs_engagement has_booking has_reports mobile_stations urgent_percent updated_at",
        PERSON: "publisher secretary_name secretary_email secretary_phone dpo_name dpo_email"
        " dpo_phone",
    },
    "Proof": {NOT_PERSONAL: "id commune kind subject version at", BY: "by_id by_name"},
    "ReadinessItem": {
        NOT_PERSONAL: "id commune code is_done is_blocking evidence checked_at waived_at"
        " waiver_reason",
        BY: "waived_by_name",
    },
    "Launch": {
        NOT_PERSONAL: "id commune asked_at wished_on approved_at refused_at reason opens_at"
        " opened_at undone_at closed_at",
        BY: "asked_by_id asked_by_name answered_by_name undone_by_name",
    },
    "Onboarding": {NOT_PERSONAL: "id commune module stage reason_code since until"},
    "StageEvent": {
        NOT_PERSONAL: "id onboarding from_stage to_stage reason_code at evidence until undoes",
        BY: "by_id by_name",
    },
    "Metric": {
        NOT_PERSONAL: "id commune module code period_kind period num den def_version computed_at",
    },
}
