"""What the requests of other programs tell about people: nothing."""

from parvis.personal import NOT_PERSONAL, Table


MODELS: Table = {
    "Sending": {NOT_PERSONAL: "id client_id key fingerprint made began_at done_at"},
}
