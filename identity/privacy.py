"""What logging in tells about people; also of the tables of Django and allauth that serve it."""

from parvis.personal import NOT_PERSONAL, Kind, Pii, Purpose, Table


ACCOUNT = Pii(Kind.CONTACT, Purpose.STAFF, "staff_account")
SECRET = Pii(Kind.SECRET, Purpose.STAFF, "staff_account")
SESSION = Pii(Kind.TRACE, Purpose.STAFF, "session")
SUPPORT = Pii(Kind.STAFF, Purpose.SUPPORT, "audit_row")
INVITED = Pii(Kind.CONTACT, Purpose.STAFF, "invitation")

MODELS: Table = {
    "Ticket": {
        NOT_PERSONAL: "id host has_second_factor proved_at expires_at used_at",
        SESSION: "digest state_digest user",
    },
    "Invitation": {
        NOT_PERSONAL: "id commune association role sent_at expires_at accepted_at cancelled_at",
        INVITED: "email name digest invited_by",
    },
    "SupportAccess": {
        NOT_PERSONAL: "id commune reason opened_at ends_at told_at ended_at",
        SUPPORT: "user user_name asked_by ended_by_name",
    },
    "Attempt": {NOT_PERSONAL: "id key seat until"},
    "sessions.Session": {
        NOT_PERSONAL: "expire_date",
        SESSION: "session_key session_data",
    },
    "account.EmailAddress": {
        NOT_PERSONAL: "id verified primary",
        ACCOUNT: "user email",
    },
    "account.EmailConfirmation": {
        NOT_PERSONAL: "id created sent",
        ACCOUNT: "email_address key",
    },
    "mfa.Authenticator": {
        NOT_PERSONAL: "id type created_at last_used_at",
        SECRET: "user data",
    },
    "usersessions.UserSession": {
        NOT_PERSONAL: "id created_at last_seen_at",
        SESSION: "user ip session_key user_agent data",
    },
    "auth.Permission": {NOT_PERSONAL: "id name content_type codename"},
    "auth.Group": {NOT_PERSONAL: "id name permissions"},
    "contenttypes.ContentType": {NOT_PERSONAL: "id app_label model"},
}
