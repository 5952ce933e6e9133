"""What the registry of communes tells about people."""

from parvis.personal import NOT_PERSONAL, Kind, Pii, Purpose, Table


ACCOUNT = Pii(Kind.IDENTITY, Purpose.STAFF, "staff_account")
SECRET = Pii(Kind.SECRET, Purpose.STAFF, "staff_account")
SEEN = Pii(Kind.TRACE, Purpose.STAFF, "staff_account")
BY = Pii(Kind.STAFF, Purpose.SUPPORT, "membership")

MODELS: Table = {
    "Association": {NOT_PERSONAL: "id name short_name slug departments brand_colour phone email"},
    "Commune": {
        NOT_PERSONAL: "id kind schema_name insee_code name slug association sandbox_for state"
        " station_count population time_zone brand_colour address phone email website hours"
        " vat_number postcode epci_siren epci_name created_at opened_at opens_at messages_from"
        " delete_after generation",
    },
    "OfficialCommune": {
        NOT_PERSONAL: "insee_code name department epci_siren epci_name siren postcodes population"
        " population_year population_source longitude latitude address phone email website hours"
        " search_key",
    },
    "TrialKey": {NOT_PERSONAL: "commune key"},
    "Domain": {NOT_PERSONAL: "id domain commune is_primary"},
    "BlockedName": {NOT_PERSONAL: "id name insee_code until"},
    "Suspension": {
        NOT_PERSONAL: "id commune reason at ended_at",
        BY: "by_id by_name ended_by_name",
    },
    "Departure": {
        NOT_PERSONAL: "id commune state new_url reason asked_at confirmed_at moves_at drop_after"
        " cancelled_at destroyed_at certificate",
        BY: "asked_by_id asked_by_name asked_by_email confirmed_by_id confirmed_by_name"
        " cancelled_by_name",
    },
    "User": {
        NOT_PERSONAL: "id is_active",
        ACCOUNT: "email display_name language",
        SECRET: "password",
        SEEN: "last_login joined_at",
    },
    "Membership": {
        NOT_PERSONAL: "id commune association is_active is_phone_desk",
        ACCOUNT: "user role granted_at",
    },
    "Erasure": {NOT_PERSONAL: "id schema kind record at reason"},
    "Template": {NOT_PERSONAL: "id fingerprint sql tables sequences applied made_at"},
    "MigrationStatus": {NOT_PERSONAL: "id schema_name fingerprint state error at"},
}
