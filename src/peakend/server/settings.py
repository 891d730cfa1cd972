"""Django's settings: what differs between sites comes from the environment; see the operator's page."""

from __future__ import annotations

import os

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from peakend.server.home import home

HOME = home()
SECRET_KEY = HOME.secret_key()
DEBUG = False
LOCAL = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = [*LOCAL, *filter(None, os.environ.get("PEAKEND_HOSTS", "").split(","))]
# The address of the site as customers see it, for links in e-mails and on posters: https://feedback.example.com
PUBLIC_URL = os.environ.get("PEAKEND_PUBLIC_URL", "").rstrip("/")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
# Set where a proxy in front ends TLS and always overwrites these headers.
BEHIND_PROXY = os.environ.get("PEAKEND_BEHIND_PROXY") == "1"
# A proxy that ends TLS says so by being there, where nobody wrote the site's address down.
_HTTPS = PUBLIC_URL.startswith("https://") or (BEHIND_PROXY and not PUBLIC_URL)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

AREAS = (
    "acting",
    "company",
    "people",
    "notices",
    "customers",
    "surveys",
    "channels",
    "answering",
    "cases",
    "improvement",
    "promises",
    "care",
    "initiatives",
    "boards",
    "privacy",
    "sync",
    "work",
    "web",
)
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django_htmx",
    *(f"peakend.server.{area}.apps.Area" for area in AREAS),
]
MIDDLEWARE = [
    "peakend.server.web.middleware.watched",
    "django.middleware.security.SecurityMiddleware",
    "peakend.server.web.middleware.guarded",
    # Pages where customers answer need nothing of what follows, and go no further.
    "peakend.server.web.middleware.answered",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "peakend.server.web.middleware.Told",
    "peakend.server.web.refusing.Whole",
    "peakend.server.web.rates.limited",
    "peakend.server.web.repeats.repeatable",
]
ROOT_URLCONF = "peakend.server.urls"
ANSWERING_URLS = "peakend.server.answering.urls"
WSGI_APPLICATION = "peakend.server.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "peakend.server.web.context.site",
            ],
            "builtins": ["peakend.server.web.templatetags.site"],
        },
    }
]


def _database() -> dict[str, object]:
    if os.environ.get("DATABASE_URL"):
        return {**dj_database_url.config(conn_max_age=60, conn_health_checks=True)}
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": HOME.make().database,
        # A writer that begins by reading could not wait for another's end. Full: acknowledged is on disk.
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "pragma journal_mode=wal; pragma synchronous=full; pragma foreign_keys=on;",
        },
        "CONN_MAX_AGE": None,
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"
ZONE_OF_ACTOR = "peakend.server.people.zones.zone_of_actor"
ACTOR_OF_REQUEST = "peakend.server.people.acting.actor_of_request"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "people:sign_in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "people:sign_in"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LANGUAGE_COOKIE_NAME = "peakend_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

SESSION_COOKIE_NAME = "peakend_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = "peakend_csrf"
CSRF_FAILURE_VIEW = "peakend.server.web.errors.csrf_failure"
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SILENCED_SYSTEM_CHECKS = ["security.W008"]


def _api_rate(written: str) -> tuple[int, int] | None:
    if written.strip().lower() == "off":
        return None
    parts = [part.strip() for part in written.split(",")]
    if len(parts) > 2 or not all(part.isdecimal() and int(part) for part in parts):
        raise ImproperlyConfigured(f"PEAKEND_API_RATE is neither 600,300 nor off: {written!r}")
    return int(parts[0]), int(parts[-1])


# Calls and writes a minute of one token or signed-in user of the API, in each web process; "off": no limit.
API_RATE = _api_rate(os.environ.get("PEAKEND_API_RATE", "600,300"))


MEDIA_ROOT = HOME.media
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_PERMISSIONS = 0o600

# smtp://user:password@host:587?tls=1; without it e-mails wait in the outbox and the page says so.
EMAIL_URL = os.environ.get("PEAKEND_EMAIL_URL", "")
DEFAULT_FROM_EMAIL = os.environ.get("PEAKEND_EMAIL_FROM", "peakend@localhost")
EMAIL_TIMEOUT = 20

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "peakend.server.web.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("PEAKEND_LOG_LEVEL", "INFO")},
    "filters": {"patience": {"()": "peakend.server.web.logs.Patience"}},
    "loggers": {
        "django.server": {"level": "WARNING"},
        "django.security": {"level": "WARNING"},
        "django.request": {"filters": ["patience"]},
    },
}
