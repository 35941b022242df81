"""The one settings file, read from the environment.

Development is the default. With `PRECEPTOR_ENV=production` the process refuses to
start until every secret and address that production needs is named.
"""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from environs import Env

from preceptor import beat, embedded, logs
from preceptor.production import DEVELOPMENT_KEY, refuse_incomplete
from preceptor.valkey import BRIEFLY

env = Env()

BASE_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENT = env.str("PRECEPTOR_ENV", "development")
IS_PRODUCTION = ENVIRONMENT == "production"
DATA_DIR = Path(env.str("PRECEPTOR_DATA", "") or BASE_DIR / "var")

if ENVIRONMENT not in ("development", "production"):
    # Taken for development, a mistyped production would run on the known secret key.
    raise ImproperlyConfigured(
        f"PRECEPTOR_ENV is {ENVIRONMENT}: it must be development or production"
    )
if IS_PRODUCTION:
    refuse_incomplete(env)
else:
    # `manage.py` beside a running `make up` uses its servers, and links to it.
    for _name, _address in embedded.running(DATA_DIR).items():
        os.environ.setdefault(_name, _address)

DEBUG = False
SECRET_KEY = env.str("PRECEPTOR_SECRET_KEY", DEVELOPMENT_KEY)
# Earlier ones, the latest first: what they signed and sealed is read on.
SECRET_KEY_FALLBACKS: list[str] = env.list("PRECEPTOR_SECRET_KEY_FALLBACKS", [])
BASE_URL = env.str("PRECEPTOR_BASE_URL", "http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = env.list("PRECEPTOR_ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = [BASE_URL]
REGISTRATION_IS_OPEN = env.bool("PRECEPTOR_OPEN_REGISTRATION", False)

INSTALLED_APPS = [
    "preceptor.accounts",
    "preceptor.accounts.signing_in",
    "preceptor.notifications",
    "preceptor.personal",
    "pairings",
    "reviews",
    "progress",
    "preceptor.insights",
    "preceptor",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "allauth.usersessions",
    "django_htmx",
    "pgtrigger",
    "template_partials.apps.SimpleAppConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "preceptor.storage.StaticFiles",
]

MIDDLEWARE = [
    "preceptor.headers.HeadersMiddleware",
    "preceptor.watching.watched",
    "preceptor.acting.of_request",
    # What answers before these two has its headers from the first. They stay: the one
    # leads on to https, and by their names `check --deploy` finds what to check.
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "reviews.polls.answered_at_once",
    "preceptor.middleware.UnaskedMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "preceptor.middleware.OrganisationMiddleware",
    "progress.readings.told_to_juniors",
    "preceptor.accounts.entrance.EntranceMiddleware",
    "preceptor.middleware.InvalidFormMiddleware",
]

ROOT_URLCONF = "preceptor.urls"
WSGI_APPLICATION = "preceptor.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "preceptor.insights.shell.shell",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "template_partials.templatetags.partials",
                "django.templatetags.i18n",
                "django.templatetags.static",
                "preceptor.templatetags.preceptor",
            ],
        },
    }
]

DATABASES = {
    "default": {
        **env.dj_db_url("DATABASE_URL", "postgres://localhost/preceptor"),
        "ENGINE": "preceptor.database",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # A cursor of the server's own ends with the transaction of a shared connection.
        "DISABLE_SERVER_SIDE_CURSORS": env.bool("PRECEPTOR_POOLER", False),
    }
}
# A standby that reports, figures and files of lists are read from: see replica.py.
if env.str("PRECEPTOR_REPLICA_URL", ""):
    DATABASES["replica"] = {
        **DATABASES["default"],
        **env.dj_db_url("PRECEPTOR_REPLICA_URL"),
        "ENGINE": "django.db.backends.postgresql",
        "TEST": {"MIRROR": "default"},
    }
    DATABASES["replica"]["OPTIONS"] = {
        **DATABASES["replica"].get("OPTIONS", {}),
        "connect_timeout": 2,
    }
    DATABASE_ROUTERS = ["preceptor.replica.Router"]
REPLICA_LAG = env.float("PRECEPTOR_REPLICA_LAG", 5.0)
# How long one statement may take, and what follows from it: see preceptor/limits.py.
WEB_SECONDS = env.float("PRECEPTOR_WEB_SECONDS", 30.0)
WORKER_SECONDS = env.float("PRECEPTOR_WORKER_SECONDS", 900.0)
REDIS_URL = env.str("REDIS_URL", "redis://localhost:6379")


def _redis(number: int) -> str:
    """The address of one of the server's numbered databases, for redis-py."""
    if REDIS_URL.startswith("unix://"):
        return f"{REDIS_URL}?db={number}"
    return f"{REDIS_URL.rstrip('/')}/{number}"


CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "preceptor.cache.Cache",
        "LOCATION": _redis(1),
        "OPTIONS": BRIEFLY,
    }
}
# What is counted at the doors lies beside the cache, and is as soon forgotten.
DOORS_URL = _redis(1)
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

CELERY_BROKER_URL = (
    REDIS_URL.replace("unix://", "redis+socket://") + "?virtual_host=0"
    if REDIS_URL.startswith("unix://")
    else _redis(0)
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600}
# Installations that share one broker take a queue each.
CELERY_TASK_DEFAULT_QUEUE = env.str("PRECEPTOR_QUEUE", "preceptor")
QUEUE_URL = _redis(0)
# How often a worker says that it lives, and when it and the planner are missed.
PULSE_SECONDS = env.float("PRECEPTOR_PULSE_SECONDS", 30.0)
PULSE_SILENT_SECONDS = env.float("PRECEPTOR_SILENT_SECONDS", 180.0)
# Longer than a mail server may take over one mail, which is two EMAIL_TIMEOUTs.
DELIVERY_LEASE_SECONDS = env.float("PRECEPTOR_LEASE_SECONDS", 300.0)
# Slack documents one message a second for each of its addresses.
CHATS_A_SECOND = env.float("PRECEPTOR_CHATS_A_SECOND", 1.0)
CHATS_A_SECOND_AND_HOST = env.float("PRECEPTOR_CHATS_A_SECOND_AND_HOST", 10.0)
MAILS_A_SECOND = env.float("PRECEPTOR_MAILS_A_SECOND", 0.0)
# A chat on this machine, for development and tests.
WEBHOOKS_MAY_BE_LOCAL = env.bool("PRECEPTOR_LOCAL_CHATS", False)
if WEBHOOKS_MAY_BE_LOCAL and IS_PRODUCTION:
    raise ImproperlyConfigured("PRECEPTOR_LOCAL_CHATS is for development alone")
# A provider of identities on this machine, for development and tests.
PROVIDERS_MAY_BE_LOCAL = env.bool("PRECEPTOR_LOCAL_PROVIDERS", False)
if PROVIDERS_MAY_BE_LOCAL and IS_PRODUCTION:
    raise ImproperlyConfigured("PRECEPTOR_LOCAL_PROVIDERS is for development alone")
# Who is asked for the TXT records of domains: addresses, or those of this machine.
NAME_SERVERS: list[str] = env.list("PRECEPTOR_NAME_SERVERS", [])
NAME_SERVER_PORT = env.int("PRECEPTOR_NAME_SERVER_PORT", 53)
# For how many days what is over is kept; 0 keeps it for good. See docs/operations.md.
OUTBOX_DAYS = env.int("PRECEPTOR_OUTBOX_DAYS", 400)
READINGS_DAYS = env.int("PRECEPTOR_READINGS_DAYS", 730)
REPORT_DAYS = env.int("PRECEPTOR_REPORT_DAYS", 400)
HISTORY_DAYS = env.int("PRECEPTOR_HISTORY_DAYS", 0)
if 0 < HISTORY_DAYS <= 365:
    raise ImproperlyConfigured(
        f"PRECEPTOR_HISTORY_DAYS is {HISTORY_DAYS}: history stays for a year at least,"
        " so name 366 days or more, or 0 to keep all of it"
    )
# How long owners have before somebody who asked for it is erased by itself.
ERASURE_DAYS = env.int("PRECEPTOR_ERASURE_DAYS", 7)
# A list of who was erased, by numbers: what a backup brings back is erased again by it.
ERASED_FILE = env.str("PRECEPTOR_ERASED_FILE", "")
REMINDER_INTERVAL_SECONDS = env.float("PRECEPTOR_REMINDER_INTERVAL", 60.0)
# A run that delivers ends before the next is to be planned, in an only worker too.
DRAIN_SECONDS = env.float("PRECEPTOR_DRAIN_SECONDS", 40.0)
CELERY_BEAT_SCHEDULE = beat.schedule(reminders=REMINDER_INTERVAL_SECONDS)
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["preceptor.accounts.backends.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "preceptor.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "preceptor.accounts.forms.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# Seconds for which a link to a new password works: the mails and the page say so.
PASSWORD_RESET_TIMEOUT = 4 * 3600
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# What the library counts by account alone would let a stranger lock its owner out:
# `preceptor.accounts.entrance` counts in its place.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": None,
    "request_login_code": None,
    "reset_password": None,
    "reset_password_from_key": None,
    "signup": None,
    "confirm_email": None,
}
# Ten passkeys a minute from one address would keep a company out.
MFA_RATE_LIMITS = {"webauthn_login": None}
MFA_ADAPTER = "preceptor.accounts.signing_in.seeds.SealingAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_PRODUCTION
SOCIALACCOUNT_ADAPTER = "preceptor.accounts.signing_in.adapter.ProviderAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
USERSESSIONS_TRACK_ACTIVITY = False

DEFAULT_FROM_EMAIL = env.str(
    "PRECEPTOR_EMAIL_FROM", "Preceptor <preceptor@localhost.localdomain>"
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
if env.str("PRECEPTOR_EMAIL_URL", ""):
    _mail = env.dj_email_url("PRECEPTOR_EMAIL_URL")
    if "EMAIL_BACKEND" not in _mail:
        raise ImproperlyConfigured(
            "PRECEPTOR_EMAIL_URL must begin with submission:// or smtp://"
        )
    EMAIL_BACKEND = _mail["EMAIL_BACKEND"].replace(
        "django.core.mail.backends.smtp", "preceptor.smtp"
    )
    EMAIL_HOST = _mail["EMAIL_HOST"]
    EMAIL_PORT = _mail["EMAIL_PORT"]
    EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"]
    EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS = _mail["EMAIL_USE_TLS"]
    EMAIL_USE_SSL = _mail["EMAIL_USE_SSL"]
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(DATA_DIR / "mail")
EMAIL_TIMEOUT = 20

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
FORMAT_MODULE_PATH = "preceptor.formats"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# No page of another site has a use for these.
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "preceptor.storage.StaticStorage"},
}
PRECEPTOR_DIFF_BYTES = env.int("PRECEPTOR_DIFF_BYTES", 5 * 1024 * 1024)
PRECEPTOR_DIFF_LINES = env.int("PRECEPTOR_DIFF_LINES", 20_000)
PRECEPTOR_TRANSCRIPT_BYTES = env.int("PRECEPTOR_TRANSCRIPT_BYTES", 10 * 1024 * 1024)
# A larger conversation comes as a file.
DATA_UPLOAD_MAX_MEMORY_SIZE = max(12 * 1024**2, PRECEPTOR_DIFF_BYTES + 2 * 1024**2)
# Of a form without files: a byte that comes as %41 costs sixty while it is read.
TYPED_FORM_BYTES = 2 * 1024**2
# Of anything that is sent: what is read of files lies on the disk until it is judged.
BODY_BYTES = max(
    20 * 1024**2, PRECEPTOR_DIFF_BYTES + PRECEPTOR_TRANSCRIPT_BYTES + 2 * 1024**2
)
FORM_RENDERER = "preceptor.widgets.Renderer"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Such names a browser takes from this very host alone, over https, and for no folder.
HOST_ONLY = "__Host-" if IS_PRODUCTION else ""
SESSION_COOKIE_NAME = f"{HOST_ONLY}sessionid"
CSRF_COOKIE_NAME = f"{HOST_ONLY}csrftoken"
SESSION_COOKIE_SECURE = IS_PRODUCTION
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = IS_PRODUCTION
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = IS_PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics|health/reminders/)$"]
SECURE_HSTS_SECONDS = 31_536_000 if IS_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_PRODUCTION
SECURE_HSTS_PRELOAD = IS_PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
_IS_BEHIND_PROXY = env.bool("PRECEPTOR_BEHIND_PROXY", IS_PRODUCTION)
if _IS_BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# How many proxies of one's own add to X-Forwarded-For; what else it says is not read.
PRECEPTOR_PROXIES = env.int("PRECEPTOR_PROXIES", int(_IS_BEHIND_PROXY))

BACKUP_FOLDER = env.str("PRECEPTOR_BACKUP_FOLDER", str(DATA_DIR / "backups"))
# Public keys of age, to which every backup is sealed.
BACKUP_RECIPIENTS: list[str] = env.list("PRECEPTOR_BACKUP_RECIPIENTS", [])
# Whoever has it reads /metrics, which nobody does where there is none.
METRICS_TOKEN = env.str("PRECEPTOR_METRICS_TOKEN", "")
if METRICS_TOKEN and len(METRICS_TOKEN) < 20:
    raise ImproperlyConfigured("PRECEPTOR_METRICS_TOKEN needs 20 letters or more")

SENTRY_DSN = env.str("PRECEPTOR_SENTRY_DSN", "")
OTLP_URL = env.str("PRECEPTOR_OTLP_URL", "")
TRACED_SHARE = env.float("PRECEPTOR_TRACED_SHARE", 0.1)
for _name, _value, _package in (
    ("PRECEPTOR_SENTRY_DSN", SENTRY_DSN, "sentry_sdk"),
    ("PRECEPTOR_OTLP_URL", OTLP_URL, "opentelemetry"),
):
    if _value and find_spec(_package) is None:
        raise ImproperlyConfigured(
            f"{_name} is set, but {_package} is not installed: run"
            " `python3 -m preceptor.environment telemetry`, or unset it."
        )

# Strict lines hold no words of people: see preceptor/logs.py.
LOG_FORMAT = env.str("PRECEPTOR_LOG_FORMAT", "json" if IS_PRODUCTION else "text")
if LOG_FORMAT not in ("json", "text"):
    raise ImproperlyConfigured(f"PRECEPTOR_LOG_FORMAT is {LOG_FORMAT}: json or text")
LOG_REQUESTS = env.bool("PRECEPTOR_LOG_REQUESTS", IS_PRODUCTION)
LOG_LEVEL = env.str("PRECEPTOR_LOG_LEVEL", "INFO")
LOGGING = logs.configuration(
    LOG_FORMAT, level=LOG_LEVEL, tells_requests=LOG_REQUESTS, is_strict=IS_PRODUCTION
)
