"""What ideas tell about those of the communes who had them."""

from parvis.personal import NOT_PERSONAL, Kind, Pii, Purpose, Table


BY = Pii(Kind.STAFF, Purpose.SUPPORT, "membership")

MODELS: Table = {
    "News": {NOT_PERSONAL: "id association title body published_at", BY: "by_name"},
    "Idea": {
        NOT_PERSONAL: "id association commune title body module screen_code status origin"
        " origin_label created_at planned_for duplicate_of news unblocks_communes"
        " unblocks_inhabitants search",
        BY: "author_id author_name",
    },
    "Vote": {NOT_PERSONAL: "id idea commune at", BY: "user_id"},
    "Subscription": {NOT_PERSONAL: "id idea commune at", BY: "user_id"},
    "Answer": {NOT_PERSONAL: "id idea status text at", BY: "by_name"},
}
