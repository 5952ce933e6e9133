"""What agendas tell about people: whose address it is; what they show is written nowhere."""

from parvis.personal import NOT_PERSONAL, Kind, Pii, Purpose, Table


BY = Pii(Kind.STAFF, Purpose.STAFF, "membership")
ADDRESS = Pii(Kind.SECRET, Purpose.STAFF, "membership")

MODELS: Table = {
    "Agenda": {
        NOT_PERSONAL: "id name resource site detail submission created_at fetched_at",
        BY: "by_id by_name",
        ADDRESS: "token_hash",
    },
}
