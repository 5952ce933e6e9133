"""What texts and notifications tell about people."""

from parvis.personal import NOT_PERSONAL, Kind, Pii, Purpose, Table


TO = Pii(Kind.CONTACT, Purpose.MESSAGES, "message_words")
WORDS = Pii(Kind.WORDS, Purpose.MESSAGES, "message_words")
CHOICE = Pii(Kind.TRACE, Purpose.MESSAGES, "message_choice")
STATUS = Pii(Kind.TRACE, Purpose.MESSAGES, "message_status")
BROWSER = Pii(Kind.CONTACT, Purpose.MESSAGES, "push")

MODELS: Table = {
    "PushSubscription": {
        NOT_PERSONAL: "id language",
        BROWSER: "subject endpoint p256dh auth created_at",
    },
    "OutgoingPush": {
        NOT_PERSONAL: "id not_before attempts claimed_until topic is_by_day",
        BROWSER: "subscription",
        WORDS: "title body navigate",
        STATUS: "key written_at last_error sent_at dead_at unsure_at",
    },
    "OutgoingText": {
        NOT_PERSONAL: (
            "id not_before attempts claimed_until sender segments cost is_by_day not_after"
            " counted_on"
        ),
        TO: "to",
        WORDS: "body",
        STATUS: "key written_at last_error sent_at dead_at unsure_at provider_key",
    },
    "Preference": {
        NOT_PERSONAL: "id kind choice",
        CHOICE: "reader chosen_at",
    },
    "Gathered": {
        NOT_PERSONAL: "id kind language reply_to",
        TO: "to",
        WORDS: "subject url",
        STATUS: "key written_at",
    },
    "TextSettings": {NOT_PERSONAL: "id is_on reminds sender_name monthly_budget"},
    "TextSpending": {NOT_PERSONAL: "month spent messages"},
}
