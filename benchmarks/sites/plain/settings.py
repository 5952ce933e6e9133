"""Settings of the plain side: the middleware of ``startproject``, persistent connections."""

from parvis.settings import OWNER_DATABASE_URL, database


SECRET_KEY = "only to be measured"  # noqa: S105
DEBUG = False
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "benchmarks.sites.plain.apps.PlainBookingConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "benchmarks.sites.urls"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
DATABASES = {
    "default": {
        **database(OWNER_DATABASE_URL, CONN_MAX_AGE=300, CONN_HEALTH_CHECKS=True),
        "ENGINE": "django.db.backends.postgresql",
    }
}
LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
STATIC_URL = "/static/"
