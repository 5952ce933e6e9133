"""What alerts tell about people."""

from parvis.personal import NOT_PERSONAL, Kind, Pii, Purpose, Table


REACH = Pii(Kind.CONTACT, Purpose.APPOINTMENTS, "waiting")
LINK = Pii(Kind.SECRET, Purpose.APPOINTMENTS, "waiting")
WISH = Pii(Kind.SITUATION, Purpose.APPOINTMENTS, "waiting")

MODELS: Table = {
    "Alert": {
        NOT_PERSONAL: "id created_at confirmed_at stopped_at seen told_on told rounds",
        REACH: "email language",
        LINK: "token_hash",
        WISH: "reason key name persons radius_km last_day",
    },
}
