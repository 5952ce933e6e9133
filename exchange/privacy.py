"""What imports and archives tell about people."""

from parvis.personal import NOT_PERSONAL, Kind, Pii, Purpose, Table


ROW = Pii(Kind.CONTACT, Purpose.APPOINTMENTS, "import_rows")
BY = Pii(Kind.STAFF, Purpose.STAFF, "membership")

MODELS: Table = {
    "ArchiveFile": {
        NOT_PERSONAL: "id state asked_at started_at made_at expires_at name size sha256 rows",
        BY: "asked_by_id asked_by_name",
    },
    "ArchiveEvent": {NOT_PERSONAL: "id archive kind at", BY: "by_id by_name"},
    "ImportBatch": {
        NOT_PERSONAL: "id kind state file_name read_as header fingerprint columns date_order"
        " settings is_mapped created_at touched_at applied_at undone_at",
        BY: "by_id by_name by_role",
    },
    "ImportRow": {
        NOT_PERSONAL: "id batch line state field message target stamp",
        ROW: "cells proposals",
    },
    "ImportedRef": {NOT_PERSONAL: "id source ref target digest batch"},
    "ColumnMemory": {NOT_PERSONAL: "id kind fingerprint columns date_order settings"},
    "CalendarFeed": {
        NOT_PERSONAL: "id name url resource keyword service created_at tried_at good_at error"
        " events refused touched tag modified",
        BY: "by_id by_name",
    },
}
