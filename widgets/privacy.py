"""What domains and embedding sites tell about people."""

from parvis.personal import NOT_PERSONAL, Kind, Pii, Purpose, Table


BY = Pii(Kind.STAFF, Purpose.STAFF, "membership")

MODELS: Table = {
    "CustomDomain": {
        NOT_PERSONAL: "id commune domain token state wish problem asked_at checked_at"
        " failing_since",
        BY: "asked_by",
    },
    "EmbeddingSite": {
        NOT_PERSONAL: "id commune page origin state problem added_at checked_at seen_at",
    },
}
