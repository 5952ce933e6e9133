"""Settings. Everything that differs between two deployments comes from the environment."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _
from environs import FileAwareEnv
from psycopg.conninfo import conninfo_to_dict


env = FileAwareEnv(strip_whitespace=True)  # X_FILE: a file that a vault wrote holds X
ROOT = Path(__file__).resolve().parents[2]


def database(url: str, **settings: Any) -> dict[str, Any]:
    """Translate a ``postgresql://`` address into a Django database."""
    parts = conninfo_to_dict(url)
    names = {
        "dbname": "NAME",
        "user": "USER",
        "password": "PASSWORD",
        "host": "HOST",
        "port": "PORT",
    }
    known = {django: parts.pop(libpq, "") for libpq, django in names.items()}
    options = {**settings.pop("OPTIONS", {}), **parts}  # sslmode and its like
    return {"ENGINE": "parvis.postgresql", **known, "OPTIONS": options, **settings}


def provider(name: str) -> dict[str, Any]:
    """Read how the platform is registered with one of the State's providers of identities."""
    known = {"issuer": "", "client_id": "", "secret": "", "algorithm": "ES256"}
    return {key: env.str(f"PARVIS_{name}_{key.upper()}", default=known[key]) for key in known}


DEBUG = env.bool("PARVIS_DEBUG", default=False)
DEMO = env.bool("PARVIS_DEMO", default=False)  # outbox viewer, relaxed second factor
SECRET_KEY = env.str("PARVIS_SECRET_KEY", default="")  # Django refuses to sign with an empty key
SECRET_KEY_FALLBACKS: list[str] = env.list("PARVIS_SECRET_KEY_FALLBACKS", default=[])
FERNET_KEYS: list[str] = env.list(
    "PARVIS_FERNET_KEYS", default=[]
)  # newest first; encrypts second factors
HOME = Path(env.str("PARVIS_HOME", default=str(ROOT / ".parvis")))

# --- Hosts: the base domain, the login host and one name per commune and association ---
BASE_DOMAIN = env.str("PARVIS_BASE_DOMAIN", default="localhost").lower()
SCHEME = env.str("PARVIS_SCHEME", default="http")
PORT = env.int("PARVIS_PORT", default=8000)  # as seen from outside
LOGIN_HOST_LABEL = "connexion"
LIVE_PORT = env.int("PARVIS_LIVE_PORT", default=0)  # 0: the edge leads /direct/ to live pages
TLS_ASK_SECRET = env.str("PARVIS_TLS_ASK_SECRET", default="")  # else only this machine may ask
RESOLVERS: list[str] = env.list("PARVIS_RESOLVERS", default=["9.9.9.9", "80.67.169.12"])
ALLOWED_HOSTS = ["*"]  # tenants.middleware answers 404 for every name that is not registered
USE_X_FORWARDED_HOST = False
# Networks whose people share one address and bear more: town halls, libraries; whoever tries the
# demo, on this machine or through a container's door.
AT_HAND = ["127.0.0.0/8", "::/64", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]
OFFICE_NETWORKS: list[str] = env.list("PARVIS_OFFICE_NETWORKS", default=AT_HAND if DEMO else [])
EVEN_ANSWER_S = 0.15  # what looking for a reference lasts, found or not
# Requests a second that one commune may cost the others; 0: as many as come.
COMMUNE_CEILING = env.int("PARVIS_COMMUNE_CEILING", default=50)
COMMUNE_CEILINGS: dict[str, int] = env.dict(  # of some communes: c_33314=200,c_33214=80
    "PARVIS_COMMUNE_CEILINGS", subcast_values=int, default={}
)

# --- Applications ---
SHARED_APPS = [
    "parvis",
    "audit",
    "tenants",
    "identity",
    "messaging",
    "stateid",
    "slots",
    "ants",
    "library",
    "ideas",
    "widgets",
    "mutual",
    "journal",
    "training",
    "onboarding",
    "adoption",
    "demo",
    "django_tenants",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "lucide",
]
TENANT_APPS = [
    "parvis",  # each commune keeps its own outbox
    "messaging",
    "audit",  # and its own record of who did what
    "connect",
    "coordination",
    "booking",
    "incidents",
    "shelf",
    "learning",
    "exchange",
    "privacy",
    "pwa",
    "calendars",
    "nearby",
    "api",
    "website",
]
INSTALLED_APPS = [*SHARED_APPS, *(app for app in TENANT_APPS if app not in SHARED_APPS)]
TENANT_MODEL = "tenants.Commune"
TENANT_DOMAIN_MODEL = "tenants.Domain"
AUTH_USER_MODEL = "tenants.User"

ROOT_URLCONF = "parvis.urls_portal"
WSGI_APPLICATION = "parvis.wsgi.application"

MIDDLEWARE = [
    "tenants.tls.ask_middleware",  # first: it knows neither communes nor the database
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "parvis.middleware.content_security_policy",
    "parvis.live_pages.middleware",
    "api.middleware.one_form",
    "tenants.middleware.CommuneMiddleware",
    "tenants.breaker.middleware",
    "parvis.middleware.utf_8_only",
    "parvis.middleware.readable_cookies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "identity.middleware.staff_session",  # who is asking; stands outside the read-only guard
    "audit.middleware.WhoActs",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "identity.middleware.second_factor_required",
    "identity.middleware.not_open_yet",
    "parvis.middleware.safe_means_safe",
    "parvis.middleware.refusals",
]
if env.bool("ZEAL", default=DEBUG and find_spec("zeal") is not None):
    INSTALLED_APPS.append("zeal")
    MIDDLEWARE.append("zeal.middleware.zeal_middleware")

TEMPLATES = [
    {
        "NAME": "django",
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "parvis.templatetags.ui",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "tenants.context.site",
                "identity.context.who",
                "onboarding.context.legal_file",
                "training.help.drawer",
            ],
        },
    },
    {
        "NAME": "text",  # second, and only by name: e-mails say d’identité, not d&#x27;identité
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "OPTIONS": {
            "autoescape": False,
            "builtins": ["django.templatetags.i18n", "parvis.templatetags.ui"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database: the owner migrates and creates communes, the application only changes role ---
OWNER_DATABASE_URL = env.str("DATABASE_URL", default="postgresql:///parvis")
APP_DATABASE_URL = env.str("PARVIS_APP_DATABASE_URL", default=OWNER_DATABASE_URL)
SERVING = env.bool("PARVIS_SERVING", default=False)  # wsgi.py and worker.py say yes
DATABASES = {
    "default": database(
        APP_DATABASE_URL if SERVING else OWNER_DATABASE_URL,
        OPTIONS={"options": "-c lock_timeout=10s", "application_name": "parvis"},
        CONN_MAX_AGE=300,
        CONN_HEALTH_CHECKS=True,
        TENANT_ROLES=SERVING,  # each commune under its own role; the owner keeps its own
    )
}
DATABASE_ROUTERS = ["parvis.guard.GuardRouter", "django_tenants.routers.TenantSyncRouter"]
PG_EXTRA_SEARCH_PATHS = ["extensions"]
SKIP_PG_EXTRA_VALIDATION = True  # it queries at boot what a check constraint already holds
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PG_BIN = env.str("PARVIS_PG_BIN", default="")  # folder of pg_dump, for `parvis migrate`

# --- Backups: see docs/operations.md ---
BACKUPS = Path(env.str("PARVIS_BACKUPS", default=str(HOME / "backups")))
BACKUP_DATABASE_URL = env.str("PARVIS_BACKUP_DATABASE_URL", default="")  # a role that may copy all
RESTORE_COMMAND = env.str("PARVIS_RESTORE_COMMAND", default="")  # else from PARVIS_BACKUPS/wal
ERASURE_LEDGER = "privacy.ledger.replay"  # what erases again after a restore

# --- Valkey: queue, cache and limits; losing it loses nothing that matters ---
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    # "default" is for pages: each commune has its own keys. "shared" knows no commune: hosts,
    # sessions and the limits that many communes must not multiply.
    "default": {
        "BACKEND": "parvis.cache.ForgivingCache",
        "LOCATION": REDIS_URL,
        "KEY_FUNCTION": "parvis.cache.commune_key",
    },
    "shared": {
        "BACKEND": "parvis.cache.ForgivingCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "shared",
    },
}
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Europe/Paris"
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "tenants.sweep", "schedule": 60.0},
    "count": {"task": "tenants.count", "schedule": 300.0},
    "write": {"task": "tenants.write", "schedule": 900.0},
    "train": {"task": "training.tend", "schedule": 300.0},
    "check": {"task": "tenants.check", "schedule": crontab(hour=2, minute=30)},
    "practice": {"task": "onboarding.reset_sandboxes", "schedule": crontab(hour=3, minute=0)},
    "launch": {"task": "onboarding.settle_launches", "schedule": 60.0},
    "follow": {"task": "adoption.follow", "schedule": crontab(hour=6, minute=0)},
    "remind": {"task": "onboarding.remind", "schedule": crontab(hour=5, minute=30)},
}

# --- Mail ---
EMAIL_BACKEND = "messaging.outbox.Outbox"
DELIVERY_BACKEND = env.str(
    "PARVIS_DELIVERY_BACKEND",
    default="django.core.mail.backends." + ("dummy" if DEMO else "smtp") + ".EmailBackend",
)
EMAIL_HOST = env.str("PARVIS_SMTP_HOST", default="localhost")
EMAIL_PORT = env.int("PARVIS_SMTP_PORT", default=25)
EMAIL_HOST_USER = env.str("PARVIS_SMTP_USER", default="")
EMAIL_HOST_PASSWORD = env.str("PARVIS_SMTP_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("PARVIS_SMTP_TLS", default=False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("PARVIS_FROM_EMAIL", default=f"parvis@{BASE_DOMAIN}")
BOUNCE_DOMAIN = env.str("PARVIS_BOUNCE_DOMAIN", default="")  # its mail goes to `parvis bounce`

# --- Channels: a table of messages and a way to hand over one of them, see parvis.delivery ---
CHANNELS = [
    "messaging.channels.Emails",
    "messaging.channels.Texts",
    "messaging.push_channel.Pushes",
]
DEMO_RECEIVER = env.str("PARVIS_DEMO_RECEIVER", default="")  # beside the demo: takes webhooks in
VAPID_PRIVATE_KEY = env.str("PARVIS_VAPID_PRIVATE_KEY", default="")  # 32 bytes in base64url
SMS_GATEWAY = env.str("PARVIS_SMS_GATEWAY", default="console" if DEMO else "")
SMS_PART_COST = env.int("PARVIS_SMS_PART_COST", default=65)  # thousandths of a euro for each part
OVH_SMS_URL = env.str("PARVIS_OVH_SMS_URL", default="https://eu.api.ovh.com/1.0")
OVH_SMS_SERVICE = env.str("PARVIS_OVH_SMS_SERVICE", default="")
OVH_SMS_APPLICATION = env.str("PARVIS_OVH_SMS_APPLICATION", default="")
OVH_SMS_SECRET = env.str("PARVIS_OVH_SMS_SECRET", default="")
OVH_SMS_CONSUMER = env.str("PARVIS_OVH_SMS_CONSUMER", default="")
OCTOPUSH_URL = env.str("PARVIS_OCTOPUSH_URL", default="https://api.octopush.com/v1/public")
OCTOPUSH_LOGIN = env.str("PARVIS_OCTOPUSH_LOGIN", default="")
OCTOPUSH_KEY = env.str("PARVIS_OCTOPUSH_KEY", default="")

# --- Maps: the State's servers, asked by ours only; an empty address does without ---
TILES_URL = env.str(
    "PARVIS_TILES_URL",
    default="https://data.geopf.fr/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
    "&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2&STYLE=normal&FORMAT=image/png"
    "&TILEMATRIXSET=PM&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}",
)
GEOCODER_URL = env.str("PARVIS_GEOCODER_URL", default="https://data.geopf.fr/geocodage").rstrip(
    "/"
)
TILES_MOST_BYTES = 1_000_000 * env.int("PARVIS_TILES_MB", default=500)

# --- France Titres: what its platform reads of us (ants/README.md) ---
ANTS_HEADER = env.str("PARVIS_ANTS_HEADER", default="x-hub-rdv-auth-token")
ANTS_KEYS: dict[str, str] = env.dict("PARVIS_ANTS_KEYS", default={})  # 1=…,2=…: never drop one
# --- Appointments for titles told to the State (France Titres); empty: nothing is told ---
COORDINATION_URL = env.str("PARVIS_COORDINATION_URL", default="").rstrip("/")
COORDINATION_TOKEN = env.str("PARVIS_COORDINATION_TOKEN", default="")
# --- Programs: who answers them in their own form when a page would say what went wrong ---
MACHINES = {"/open311/": "incidents.open311_errors.machine"}
OPEN311_PER_MINUTE = env.int("PARVIS_OPEN311_PER_MINUTE", default=60)  # what a key may send

# --- Sessions and cookies: one cookie per host, never on the parent domain ---
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_CACHE_ALIAS = "shared"
SESSION_COOKIE_NAME = "__Host-sid"
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "parvis.error_views.csrf_failure"
LANGUAGE_COOKIE_NAME = "__Host-langue"
LANGUAGE_COOKIE_SECURE = True
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SCHEME == "https" else 0
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if SCHEME == "https" else None  # the edge sets it
)
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300

# --- Language ---
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("Français")), ("en", _("Anglais"))]
LOCALE_PATHS = [ROOT / "platform" / "parvis" / "locale"]
TIME_ZONE = "Europe/Paris"
USE_THOUSAND_SEPARATOR = False

# --- Static files ---
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "parvis.files.CommuneFiles"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = HOME / "files"

# --- Identity: allauth lives on the login host alone ---
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "identity.passwords.NotGuessedHere"},
]
PROVENANCE = "shelf.sources"  # where what a commune says comes from: see parvis.provenance
LOGIN_URL = "login"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # e-mails are unique whatever the case: one_user_per_email
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "identity.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "identity.forms.PasswordLoginForm",
    "change_password": "identity.forms.PasswordForm",
    "request_login_code": "identity.forms.CodeRequestForm",
    "confirm_login_code": "identity.forms.MailCodeForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # closed: accounts are born from an invitation
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 2
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = False  # identity.limits counts for all hosts, and survives without Valkey
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("PARVIS_TRUSTED_PROXIES", default=0)
MFA_ADAPTER = "identity.adapters.FactorAdapter"
MFA_FORMS = {
    "authenticate": "identity.forms.SecondFactorForm",
    "reauthenticate": "identity.forms.SecondFactorAgainForm",
    "add_webauthn": "identity.forms.KeyForm",
    "edit_webauthn": "identity.forms.KeyNameForm",
    "authenticate_webauthn": "identity.forms.KeyFactorForm",
    "login_webauthn": "identity.forms.KeyLoginForm",
    "reauthenticate_webauthn": "identity.forms.KeyAgainForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = SCHEME == "http"  # only http://*.localhost reaches this
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1
MFA_TRUST_ENABLED = False
SOCIALACCOUNT_ADAPTER = "stateid.adapters.SocialAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
USERSESSIONS_TRACK_ACTIVITY = False  # identity.sessions notes it, once a minute

# --- Identities of others, see stateid/README.md; without a client they are not offered ---
PROCONNECT = provider("PROCONNECT") | {
    "acr": env.list("PARVIS_PROCONNECT_ACR", default=[]),
    # The providers behind it whose second factor is as good as ours.
    "mfa_providers": env.list("PARVIS_PROCONNECT_MFA_PROVIDERS", default=[]),
}
FRANCECONNECT = provider("FRANCECONNECT")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "parvis.logs.Line",
            "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s",
            "is_full": DEBUG,  # else nothing of what somebody typed, nor a secret
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("PARVIS_LOG_LEVEL", default="WARNING")},
    "loggers": {
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "parvis.security": {"level": "INFO"},  # audit.alerts
    },
}
