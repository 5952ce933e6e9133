"""What the record of who did what tells about people: the staff, and nobody else.

Contents are emptied after a year (``audit``); who and when go with the row, after three.
"""

from parvis.personal import NOT_PERSONAL, Kind, Pii, Purpose, Table


WHO = Pii(Kind.STAFF, Purpose.STAFF, "audit_row")
WHERE = Pii(Kind.TRACE, Purpose.STAFF, "audit_row")
WHAT = Pii(Kind.STAFF, Purpose.STAFF, "audit")

MODELS: Table = {
    "Entry": {
        NOT_PERSONAL: "id at channel host action kind object_table object_id label digest"
        " position previous hash",
        WHO: "actor_id actor_name",
        WHERE: "origin",
        WHAT: "payload",
    },
}
