"""What logging in elsewhere tells about people; also of allauth's tables that serve it."""

from parvis.personal import NOT_PERSONAL, Kind, Pii, Purpose, Table


ACCOUNT = Pii(Kind.CONTACT, Purpose.STAFF, "staff_account")
CHOICE = Pii(Kind.STAFF, Purpose.STAFF, "staff_account")
ASKED = Pii(Kind.CONTACT, Purpose.STAFF, "invitation")
DECIDED = Pii(Kind.STAFF, Purpose.STAFF, "invitation")

MODELS: Table = {
    "AssociationLogin": {
        NOT_PERSONAL: "id association siren issuer client_id secret_sealed algorithm domains"
        " is_enabled changed_at",
        CHOICE: "changed_by_name",
    },
    "CitizenLogin": {
        NOT_PERSONAL: "id commune enabled_at",
        CHOICE: "enabled_by_name",
    },
    "LinkRequest": {
        NOT_PERSONAL: "id commune association provider siret idp_id state asked_at decided_at",
        ASKED: "user uid",
        DECIDED: "decided_by_name",
    },
    "socialaccount.SocialApp": {
        NOT_PERSONAL: "id provider provider_id name client_id secret key settings",
    },
    "socialaccount.SocialAccount": {
        NOT_PERSONAL: "id provider last_login date_joined",
        ACCOUNT: "user uid extra_data",
    },
    "socialaccount.SocialToken": {
        NOT_PERSONAL: "id app expires_at",
        ACCOUNT: "account token token_secret",
    },
}
