"""What django-appointment asks for; its tables live in a schema of the measured database."""

import os

from psycopg.conninfo import conninfo_to_dict


_parts = conninfo_to_dict(os.environ["PEER_DATABASE_URL"])

SECRET_KEY = "only to be measured"  # noqa: S105
DEBUG = False
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "phonenumber_field",
    "appointment",
]
MIDDLEWARE: list[str] = []
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _parts.get("dbname", ""),
        "USER": _parts.get("user", ""),
        "PASSWORD": _parts.get("password", ""),
        "HOST": _parts.get("host", ""),
        "PORT": _parts.get("port", ""),
        "OPTIONS": {"options": f"-c search_path={os.environ['PEER_SCHEMA']}"},
    }
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en"
TIME_ZONE = "Europe/Paris"
USE_TZ = True
LOGGING = {"version": 1, "root": {"level": "ERROR"}}
