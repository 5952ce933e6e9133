"""What published free slots tell about people: nothing."""

from parvis.personal import NOT_PERSONAL, Table


MODELS: Table = {
    "SlotKind": {NOT_PERSONAL: "id service_code reason persons channel"},
    "FreeSlotDay": {
        NOT_PERSONAL: "pk commune site kind day first_start n starts version stale_at",
    },
}
