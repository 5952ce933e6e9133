"""What the exercise of one's rights tells about people."""

from parvis.personal import NOT_PERSONAL, Kind, Pii, Purpose, Table


LINK = Pii(Kind.CONTACT, Purpose.RIGHTS, "data_link")
ASKED = Pii(Kind.CONTACT, Purpose.RIGHTS, "data_request")
BY = Pii(Kind.STAFF, Purpose.RIGHTS, "membership")

MODELS: Table = {
    "Choice": {NOT_PERSONAL: "id rule number reason at", BY: "by_id by_name"},
    "Night": {NOT_PERSONAL: "id at erased left"},
    "DataLink": {
        NOT_PERSONAL: "id sent_at expires_at used_at",
        LINK: "email token_hash",
    },
    "DataRequest": {
        NOT_PERSONAL: "id kind asked_at reminded answered_at",
        ASKED: "email words answer answered_by",
    },
}
