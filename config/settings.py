"""Django's settings. What an operator may change comes from config.environment, nothing else."""

from email.utils import parseaddr

import dj_database_url
import dj_email_url
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config import environment, logs, places

ENV = environment.load()
BASE_DIR = places.BASE_DIR
EMBEDDED = ENV["EMBEDDED"]
DEMO = ENV["DEMO"]
DEMO_PEOPLE = ENV["DEMO_PEOPLE"]
DEBUG = ENV["DEBUG"]
SECRET_KEY = ENV["SECRET_KEY"]
SECRET_KEY_FALLBACKS = ENV["SECRET_KEY_FALLBACKS"]
DATA_DIR = ENV["DATA_DIR"]

# --- The address, and what follows from it
SITE_URL = ENV["SITE_URL"].rstrip("/")
SITE_HOST = environment.hostname(SITE_URL)
SITE_IS_HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS = [SITE_HOST, *ENV["ALLOWED_HOSTS"]]
if EMBEDDED:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_IS_HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "common.http.refusals.csrf_failure"
# No session is longer; that it ends half an hour after the last page is accounts.sessions' to see.
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = SITE_IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if SITE_IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SITE_IS_HTTPS
# The web server speaks http to a proxy that ends TLS and sets this header.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SITE_IS_HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- Apps, from the lowest floor to the highest
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "pgtrigger",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.idp.oidc",
    "csp",
    "django_htmx",
    "django_structlog",
    "common.apps.CommonConfig",
    "accounts.apps.AccountsConfig",
    "jobs.apps.JobsConfig",
    "notifications.apps.NotificationsConfig",
    "integrations.apps.IntegrationsConfig",
    "pathways.apps.PathwaysConfig",
    "courses.apps.CoursesConfig",
    "appraisals.apps.AppraisalsConfig",
    "talent.apps.TalentConfig",
    "insights.apps.InsightsConfig",
    "config.apps.ConfigConfig",
]
MIDDLEWARE = [
    "config.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "common.http.middleware.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "common.http.middleware.PrivatePagesMiddleware",
    "common.http.refusal_log.RefusalLogMiddleware",
    "accounts.middleware.SessionLimitsMiddleware",
    # What is done once the request is committed still mails and says so on the next page.
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.scope_middleware.ScopeMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.middleware.SecondStepMiddleware",
    "common.http.middleware.RequestLogMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "common.http.middleware.RefusalMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Pages
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "common.navigation.page",
            ],
        },
    },
]
FORM_RENDERER = "common.forms.NHSRenderer"
ORGANISATION_NAME = ENV["ORGANISATION_NAME"]

# --- Files: the vendored assets are served by the web process, documents never by address
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "media"
FRAMEWORK_STARTERS = BASE_DIR / "config" / "reference" / "data" / "starters"
FILE_UPLOAD_HANDLERS = [
    "common.http.uploads.CappedUploads",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# Compressing takes half a minute, which nobody gains who sits at the machine that serves.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
        if EMBEDDED
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Database, cache and queue
# Two roles: nothing that serves owns a table, so nothing that serves can pass row-level security.
# No state outlives a transaction and nothing is prepared: a pool between may share sessions.
DATABASES = {
    "default": dj_database_url.parse(ENV["DATABASE_URL"], conn_max_age=0)
    | {
        "OPTIONS": {
            "connect_timeout": 5,
            "prepare_threshold": None,
            "pool": {"min_size": 1, "max_size": ENV["DATABASE_POOL_SIZE"], "timeout": 5},
        },
        "ATOMIC_REQUESTS": False,  # ScopeMiddleware does it, and opens the scope in it
        # Cursors of the server are opened inside transactions only, and end with them.
        "DISABLE_SERVER_SIDE_CURSORS": False,
    },
    "owner": dj_database_url.parse(ENV["DATABASE_OWNER_URL"] or ENV["DATABASE_URL"])
    | {"OPTIONS": {"connect_timeout": 5}, "TEST": {"MIRROR": "default"}},
}
APPLICATION_ROLE = DATABASES["default"]["USER"]
# Equality data: keys to encrypt with, and (not in web processes) the role that reads all of it.
EQUALITY_KEYS = ENV["EQUALITY_KEYS"]
EQUALITY_DATABASE_URL = ENV["EQUALITY_DATABASE_URL"]
CACHES = {
    "default": {
        "BACKEND": "config.cache.ForgivingCache",
        "LOCATION": ENV["REDIS_URL"],
        "KEY_PREFIX": "waymark",
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 5},
    }
}
CELERY_BROKER_URL = environment.broker_url(ENV["REDIS_URL"])
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    # One try for whoever publishes: a page must not stand still while the broker is away.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for the broker as long as it takes
# Whoever asks for work must not wait for the broker: the row in PostgreSQL is the promise.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = CELERY_EVENT_SERIALIZER = "json"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Europe/London"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")
# Fixed; what is due is asked of the database by the task, so that a missed tick is caught up.
CELERY_BEAT_SCHEDULE = {
    # A sweep that waited behind others has nothing left to add: the next one does the same.
    "sweep": {"task": "jobs.sweep", "schedule": 10.0, "options": {"expires": 10}},
    "tick": {"task": "jobs.beat_tick", "schedule": 30.0},
    "refresh-search": {"task": "talent.refresh_search", "schedule": 30.0},
    "release-seats": {"task": "courses.release_seats", "schedule": crontab(minute=5)},
    "lapse-offers": {"task": "courses.lapse_offers", "schedule": 60.0},
    "lapse-selections": {"task": "courses.lapse_selections", "schedule": 60.0},
    "leavers-time": {
        "task": "courses.let_go_of_leavers",
        "schedule": crontab(hour=3, minute=50),
    },
    "silence": {"task": "courses.answer_for_the_silent", "schedule": crontab(minute=35)},
    "line-managers": {"task": "appraisals.follow_line_managers", "schedule": crontab(minute=20)},
    "sign-ledger": {"task": "accounts.sign_ledger_heads", "schedule": 300.0},
    "verify-ledger": {
        "task": "accounts.verify_ledger",
        "schedule": crontab(hour=2, minute=40),
        "options": {"expires": 3600},
    },
    "retention": {"task": "accounts.look_at_retention", "schedule": crontab(hour=4, minute=10)},
    "purge": {"task": "jobs.purge", "schedule": crontab(hour=3, minute=20)},
    "sign-status-lists": {"task": "courses.sign_status_lists", "schedule": crontab(minute=45)},
    "sweep-evidence": {
        "task": "pathways.sweep_evidence",
        "schedule": crontab(hour=3, minute=35),
    },
    "days": {"task": "notifications.run_due_days", "schedule": crontab(minute=5)},
}

# --- The ledger's proofs
LEDGER_ANCHORS_DIR = ENV["LEDGER_ANCHORS_DIR"] or DATA_DIR / "anchors"
LEDGER_SIGNING_KEYS = ENV["LEDGER_SIGNING_KEYS"]

# --- Sign-in
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "reset_password": "accounts.forms.AskForResetForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "reauthenticate": "accounts.forms.ConfirmPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
# How long somebody may take between the password and the second step.
ACCOUNT_LOGIN_TIMEOUT = 10 * 60
# Counted in the cache that all web processes share; a key is an account, whoever asks.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "30/m/ip,5/5m/key,20/h/key",
    "reset_password": "20/m/ip,5/h/key",
}
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Waymark"
# A telephone's clock may be half a minute off; a code counts once all the same.
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "accounts.forms.CodeForm",
    "reauthenticate": "accounts.forms.CodeAgainForm",
    "activate_totp": "accounts.forms.FirstCodeForm",
    "deactivate_totp": "accounts.forms.RemoveAppForm",
    "add_webauthn": "accounts.forms.AddPasskeyForm",
    "edit_webauthn": "accounts.forms.RenamePasskeyForm",
    "authenticate_webauthn": "accounts.forms.PasskeyForm",
    "reauthenticate_webauthn": "accounts.forms.PasskeyAgainForm",
    "login_webauthn": "accounts.forms.PasskeySignInForm",
}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SITE_IS_HTTPS else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = ENV["TRUSTED_PROXY_COUNT"]
CASE_SERVERS_INSIDE = frozenset(ENV["CASE_SERVERS_INSIDE"])
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 3600

# --- REST API
REST_FRAMEWORK = {
    "DEFAULT_VERSIONING_CLASS": "rest_framework.versioning.NamespaceVersioning",
    "DEFAULT_VERSION": "v1",
    "ALLOWED_VERSIONS": ["v1"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.ApiTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.authentication.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.throttling.CallLimit"],
    "DEFAULT_PARSER_CLASSES": ["common.api.ProblemSafeJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["common.api.OrjsonRenderer"],
    "DEFAULT_PAGINATION_CLASS": "common.api.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "common.api.schema.ProblemAutoSchema",
    "EXCEPTION_HANDLER": "common.api.problem_response",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
# How many calls a minute, for each of them; see accounts.limits.
CALLS_A_MINUTE = {
    "client": ENV["API_CALLS_PER_CLIENT"],
    "person": ENV["API_CALLS_PER_PERSON"],
    "address": ENV["API_CALLS_PER_ADDRESS"],
    "token": ENV["TOKENS_PER_CLIENT"],
    "token-address": ENV["TOKENS_PER_ADDRESS"],
    "sign-in": ENV["SIGN_INS_PER_ADDRESS"],
    "verify": ENV["VERIFICATIONS_PER_ADDRESS"],
    "diary": ENV["DIARIES_PER_ADDRESS"],
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Waymark API",
    "DESCRIPTION": "Training and career pathways for NHS managers: the interface for HR systems.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": r"/api/v[0-9]+",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    # Named after the thing whose state it is; otherwise a name holds a hash and changes with it.
    "ENUM_NAME_OVERRIDES": {
        "AppraisalState": "appraisals.models.AppraisalState",
        "PlanActionState": "appraisals.models.ActionState",
        "EnrolmentState": "courses.models.EnrolmentState",
        "CertificateState": "courses.models.CertificateState",
        "SessionState": "courses.models.SessionState",
        "StudyTimeReason": "courses.api.study_time.REASONS",
        "FrameworkVersionState": "pathways.models.VersionState",
        "PathwayStepKind": "pathways.models.StepKind",
        "FrameworkImportState": "pathways.models.ImportState",
        "FrameworkImportLineKind": "pathways.models.LineKind",
        "RoleConditionKind": "pathways.models.ConditionKind",
        "ClaimState": "pathways.models.ClaimState",
        "EvidenceKind": "pathways.models.EvidenceKind",
        "VerificationRequestState": "pathways.models.RequestState",
        "Band": "accounts.models.Band",
        "StaffGroup": "accounts.models.StaffGroup",
    },
}

# --- Mail
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV["MAIL_FROM"]
MAIL_FROM_ADDRESS = parseaddr(DEFAULT_FROM_EMAIL)[1]
_mail = dj_email_url.parse(ENV["EMAIL_URL"])
EMAIL_BACKEND = "notifications.mail.MailboxBackend" if DEMO else _mail["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"], _mail["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"], _mail["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail["EMAIL_USE_TLS"], _mail["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 10

# --- Language and time
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English")), ("cy", _("Welsh"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "Europe/London"

# --- Logs: a request is known by its id and a person by the key of the row, never by name or e-mail
DJANGO_STRUCTLOG_CELERY_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"
LOGGING = logs.logging_config(level=ENV["LOG_LEVEL"], for_people=EMBEDDED)
logs.configure_structlog()
