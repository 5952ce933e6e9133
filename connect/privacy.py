"""What the API and its webhooks tell about people: whom to reach, and who of the staff did it."""

from parvis.personal import NOT_PERSONAL, Kind, Pii, Purpose, Table


CONTACT = Pii(Kind.CONTACT, Purpose.STAFF, "membership")
BY = Pii(Kind.STAFF, Purpose.STAFF, "membership")
SECRET = Pii(Kind.SECRET, Purpose.STAFF, "membership")
# Ids, references, states and times alone; still, a reference is somebody's.
TOLD = Pii(Kind.TRACE, Purpose.MESSAGES, "message_words")

MODELS: Table = {
    "ApiClient": {
        NOT_PERSONAL: "id name role created_at",
        CONTACT: "contact",
        BY: "by_id by_name",
    },
    "ApiKey": {
        NOT_PERSONAL: "id client prefix scopes created_at expires_at last_used_at revoked_at",
        SECRET: "digest",
        BY: "by_id by_name revoked_by_name",
    },
    "CallDay": {NOT_PERSONAL: "id key day calls refused last_refusal"},
    "Webhook": {
        NOT_PERSONAL: "id name url events client old_secret_until is_active failing_since"
        " paused_until stopped_at created_at",
        SECRET: "secret old_secret",
        BY: "by_id by_name",
    },
    "Delivery": {
        NOT_PERSONAL: "id key webhook event written_at not_before attempts claimed_until"
        " last_error sent_at dead_at unsure_at answer tried_at",
        TOLD: "body",
    },
}
