"""What a commune's copy of the library tells about people."""

from parvis.personal import NOT_PERSONAL, Kind, Pii, Purpose, Table


HISTORY = Pii(Kind.STAFF, Purpose.STAFF, "membership")

MODELS: Table = {
    "Origin": {
        NOT_PERSONAL: "id kind object_id template_uuid slug name version schema_version base keys"
        " locked by_law last_merged_at detached_at",
    },
    "UpdateProposal": {
        NOT_PERSONAL: "id origin path base theirs mine version state at answered_at",
        HISTORY: "by_name",
    },
    "Arrival": {
        NOT_PERSONAL: "id origin cause version before after at undone_at",
        HISTORY: "by_name",
    },
    "Page": {NOT_PERSONAL: "id slug title title_en text text_en"},
}
