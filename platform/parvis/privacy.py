"""What the outbox tells about people."""

from parvis.personal import NOT_PERSONAL, Kind, Pii, Purpose, Table


TO = Pii(Kind.CONTACT, Purpose.MESSAGES, "message_words")
WORDS = Pii(Kind.WORDS, Purpose.MESSAGES, "message_words")
STATUS = Pii(Kind.TRACE, Purpose.MESSAGES, "message_status")

MODELS: Table = {
    "OutgoingEmail": {
        NOT_PERSONAL: "id not_before attempts claimed_until language association_id",
        TO: "to reply_to unsubscribe",
        WORDS: "subject body html attachments",
        STATUS: "key written_at last_error sent_at dead_at unsure_at",
    },
}
