"""What the State's platform may read tells of people: that a number has an appointment."""

from parvis.personal import NOT_PERSONAL, Kind, Pii, Purpose, Table


NUMBER = Pii(Kind.NUMBER, Purpose.APPOINTMENTS, "pre_application")

MODELS: Table = {
    "AntsToken": {
        NOT_PERSONAL: "id label direction secret valid_from valid_until last_used_at",
    },
    "PreDemandeIndex": {
        NOT_PERSONAL: "id key_version commune point appointment start",
        NUMBER: "number_hash",
    },
    "HubCall": {NOT_PERSONAL: "id endpoint commune at count"},
}
