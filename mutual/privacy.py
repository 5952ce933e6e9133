"""What communes share tells about people."""

from parvis.personal import NOT_PERSONAL, Kind, Pii, Purpose, Table


BY = Pii(Kind.STAFF, Purpose.STAFF, "membership")

MODELS: Table = {
    "Agreement": {
        NOT_PERSONAL: "id association kind name host starts_on ends_on services after_days"
        " cost_key yearly_cents created_at",
    },
    "AgreementMember": {NOT_PERSONAL: "id agreement commune weekdays"},
    "SharedService": {NOT_PERSONAL: "id agreement host number slug name place"},
    "AgreementUse": {NOT_PERSONAL: "id agreement host commune month n"},
    "PhoneDesk": {NOT_PERSONAL: "id commune opened_at", BY: "opened_by"},
    "PhoneDeskAgent": {NOT_PERSONAL: "id association", BY: "user"},
}
