"""What published free slots tell about people: nothing."""

from parvis.personal import NOT_PERSONAL, Table


MODELS: Table = {
    "SlotKind": {
        NOT_PERSONAL: "id service_code reason persons channel commune notice_hours horizon_days"
    },
    "FreeSlotDay": {
        NOT_PERSONAL: "pk commune site kind day first_start n starts version stale_at",
    },
    "MeetingPoint": {
        NOT_PERSONAL: "id commune site name street zip_code city latitude longitude ugf reasons "
        "is_open is_active",
    },
    "OfferedService": {
        NOT_PERSONAL: "id commune number code reason key name name_en",
    },
}
