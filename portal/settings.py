"""All settings of the portal. Secrets come from the environment and from nowhere else.

PORTAL_MODE is `production` unless it is set. `demo` and `test` bring throw-away keys of their own, and a system check
(portal.checks) refuses them on any host but this machine's.
"""

import hashlib
from base64 import b64encode
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from portal.environment import Environment, hours, number
from portal.providers import read_providers

BASE_DIR = Path(__file__).resolve().parent.parent

env = Environment()

MODE = env.str("PORTAL_MODE", "production")
if MODE not in {"production", "demo", "test"}:
    raise ImproperlyConfigured("PORTAL_MODE is one of production, demo, test.")
DEMO = MODE == "demo"
DEBUG = False


def _secret(name: str, prefix: str = "") -> str:
    """A secret from the environment; in demo and test, where all data is invented, a fixed one."""
    if MODE == "production":
        return env.str(name)
    invented = hashlib.sha256(f"invented data only: {name}".encode()).digest()
    return env.str(name, prefix + b64encode(invented).decode())


SECRET_KEY = _secret("SECRET_KEY")
# The ring of keys for identifying fields: "id:base64 of 32 bytes", comma-separated, the one in use first.
FIELD_KEYS = _secret("FIELD_KEYS", prefix="demo:")
BLIND_INDEX_KEY = _secret("BLIND_INDEX_KEY")
# The previous key, only for `change_blind_index_key`.
OLD_BLIND_INDEX_KEY = env.str("OLD_BLIND_INDEX_KEY", "")
# Signs the ledger's head: base64 of 32 bytes, set only where run_daily runs. The rest checks with the public keys.
LEDGER_SIGNING_KEY = env.str("LEDGER_SIGNING_KEY", "") if MODE == "production" else _secret("LEDGER_SIGNING_KEY")
LEDGER_PUBLIC_KEYS = env.list("LEDGER_PUBLIC_KEYS", default=[])

# --- the two sites -------------------------------------------------------------------------------------------------
SITE_HOSTS = {
    "schools_online": env.str("SCHOOLS_ONLINE_HOST", "schools-online.localhost").lower(),
    "edunet": env.str("EDUNET_HOST", "edunet.localhost").lower(),
}
FRONT_DOOR_HOSTS = ["localhost", "127.0.0.1"] if DEMO else []
ALLOWED_HOSTS = [*SITE_HOSTS.values(), *FRONT_DOOR_HOSTS]
ROOT_URLCONF = "portal.urls.front_door"
# Until it is set which networks are EduNet's, nobody is on its network (R38).
EDUNET_NETWORKS = env.list("EDUNET_NETWORKS", default=["127.0.0.0/8", "::1/128"] if DEMO else [])
# The addresses of the council's Citrix gateway: coming from there needs an authorisation for remote use (R39).
CITRIX_GATEWAYS = env.list("CITRIX_GATEWAYS", default=[])
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])

# --- the community -------------------------------------------------------------------------------------------------
# Bradford, unless another is set; then portal.checks makes sure that nothing of Bradford's is used for it.
AUTHORITY_CODE = env.int("AUTHORITY_CODE", 380)
_bradford = AUTHORITY_CODE == 380
AUTHORITY_NAME = env.str("AUTHORITY_NAME", "Bradford Council" if _bradford else "")
# Whose figures these are (R22): the owners of datasets, as pages and files of figures name them.
DATA_TEAM = env.str("DATA_TEAM", "Performance and Data Team")
ATTENDANCE_TEAM = env.str("ATTENDANCE_TEAM", "Attendance and Inclusion Team")
# The data protection officer's address, which pages give (UK GDPR, Articles 13(1)(b) and 37(7)).
DATA_PROTECTION_EMAIL = env.str("DATA_PROTECTION_EMAIL", "data.protection@council.example" if DEMO else "")
# The address that pages give for trouble with the service itself: the accessibility regulations require one too.
SERVICE_EMAIL = env.str("SERVICE_EMAIL", "schools.online@council.example" if DEMO else "")
AUTHORITY_AREA = env.str("AUTHORITY_AREA", "Bradford" if _bradford else "")
# The codes of the Office for National Statistics for the area and its region.
AUTHORITY_AREA_CODE = env.str("AUTHORITY_AREA_CODE", "E08000032" if _bradford else "")
AUTHORITY_REGION_CODE = env.str("AUTHORITY_REGION_CODE", "E12000003" if _bradford else "")

# --- Django --------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "guardian",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "portal",
    "sharing",
    "access_register",
    "schools_online",
    "edunet",
]
MIDDLEWARE = [
    "portal.room.with_room",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "portal.middleware.known_methods_only",
    "portal.middleware.which_site",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "edunet.gate.on_the_council_network",
    "portal.middleware.SiteSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.middleware.SignInFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.middleware.who_asks",
    "edunet.gate.officers_only",
    "access_register.protocol.gate.ProtocolFirst",
    "access_register.breaches.gate.SuspendedStayOut",
    "access_register.officers.purpose_gate.PurposeFirst",
    "access_register.sign_in.proof.ask_for_proof",
    "access_register.sign_in.sessions.remember_device",
    "axes.middleware.AxesMiddleware",
    "portal.middleware.forms_alone",
    "portal.middleware.NumbersOfRows",
    "sharing.files.virus_scan.ScanUploads",
    "portal.middleware.ReadFromReplicas",
]
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
                "portal.context.site",
            ],
            "builtins": [
                "django.contrib.humanize.templatetags.humanize",
                "portal.templatetags.trail",
                "portal.templatetags.authority",
                "portal.templatetags.errors",
                "portal.templatetags.namesakes",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
WSGI_APPLICATION = "portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- database ------------------------------------------------------------------------------------------------------
# Web requests act as portal_app. A login that is one of the roles itself needs no switch.
DATABASES = {"default": env.database("DATABASE_URL", env.str("DATABASE_URL", "postgresql:///portal"))}
# Pages that only read may read from these: one address for each replica (docs/operators/replicas.md).
REPLICAS = []
for _number, _url in enumerate(env.list("REPLICA_URLS", default=[]), start=1):
    REPLICAS.append(f"replica_{_number}")
    DATABASES[REPLICAS[-1]] = env.database("Each of REPLICA_URLS", _url)
# With a pool that lends connections for one transaction at a time, the login itself has to bring what `_brings` sets.
DATABASE_POOLED = env.switch("DATABASE_POOLED", default=False)
_ROLES = {"portal_owner", "portal_app", "portal_batch", "portal_backup"}
# Invented data may lose its last moments if the machine loses power.
_haste = "" if MODE == "production" or REPLICAS else " -c synchronous_commit=off"
# What our statements rely on, as PostgreSQL reports it. The server, the database and the login may each say otherwise,
# so each connection brings it. Behind a pool the login must (sharing.roles.refuse_other_settings looks).
DATABASE_SESSION = {
    "default_transaction_isolation": "read committed",  # what was read before a lock is read again after it
    "row_security": "on",
    "search_path": "public",
    "standard_conforming_strings": "on",
    "lock_timeout": "0",  # the night waits for the ledger until a long import has ended
    "idle_in_transaction_session_timeout": "0",  # what is counted of all pupils takes minutes, here and not there
    "idle_session_timeout": "0",
}
_session = "".join(f" -c {name}={value.replace(' ', chr(92) + ' ')}" for name, value in DATABASE_SESSION.items())
# A server that falls silent without closing its connections is given up: a replica soon, as others can be read.
_soon = {"connect_timeout": 2, "tcp_user_timeout": 2000, "keepalives_idle": 2, "keepalives_interval": 1}
_at_last = {"connect_timeout": 5, "tcp_user_timeout": 10_000, "keepalives_idle": 10, "keepalives_interval": 5}
# PostgreSQL gives up a machine of ours that falls silent. Otherwise it would keep that machine's locks for hours.
_gone = " -c tcp_user_timeout=20000 -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
for _name, _database in DATABASES.items():
    _role = "" if _database.get("USER") in _ROLES else "-c role=portal_app "
    _brings = f"{_role}-c statement_timeout=2000 -c jit=off{_session}{_haste}{_gone}"
    _options = {} if DATABASE_POOLED else {"options": _brings}
    _database |= {
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": DATABASE_POOLED,
        "TIME_ZONE": "Europe/London",
        "OPTIONS": (_soon if _name in REPLICAS else _at_last) | _database.get("OPTIONS", {}) | _options,
    }

# Shared by all workers, for limits on tries and for codes already used, so that each counts once, not once a worker.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# --- language and time ---------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = False
DATE_FORMAT = "j F Y"

# --- static files --------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
# Outside production nothing is collected: whitenoise serves what the finders find.
STATIC_ROOT = BASE_DIR / "staticfiles" if MODE == "production" else None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if MODE == "production"
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = MODE != "production"

# --- people and sign-in --------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "access_register.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
GUARDIAN_USER_OBJ_PERMS_MODEL = "guardian.UserObjectPermission"
ANONYMOUS_USER_NAME = None
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_ADAPTER = "access_register.sign_in.accounts.ClosedSignUp"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# axes locks out each combination of person and address. allauth's own limits count by address alone, so one person's
# bad tries would shut out a whole school.
# Emails with a link to choose a password: this many a day to one address, whoever asks. More are not needed, as each
# link works for three days.
# Wrong codes of a second factor: this many a day for one person, from all addresses. Who types them has the password.
ACCOUNT_RATE_LIMITS = {
    "login": False, "login_failed": False, "reset_password_letters": "5/d/key", "wrong_codes": "50/d/key",
}  # fmt: skip
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60  # seconds
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60  # seconds for which a sign-in or confirmation allows changes (R13)

# Second factors.
MFA_ADAPTER = "access_register.sign_in.second_factors.SealedFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody signs up: whoever added the person gave the address
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = MODE != "production"  # http on this machine
MFA_RATE_LIMITS = {"webauthn_login": "120/m/ip"}  # a whole school has one address, and a passkey cannot be guessed
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off
ACCOUNT_FORMS = {
    "login": "access_register.sign_in.forms.SignInForm",
    "change_password": "access_register.sign_in.forms.ChangePasswordForm",
    "reset_password": "access_register.sign_in.forms.ForgottenPasswordForm",
    "reset_password_from_key": "access_register.sign_in.forms.NewPasswordForm",
    "reauthenticate": "access_register.sign_in.forms.ConfirmForm",
}
MFA_FORMS = {
    "authenticate": "access_register.sign_in.forms.GiveCodeForm",
    "reauthenticate": "access_register.sign_in.forms.GiveCodeAgainForm",
    "activate_totp": "access_register.sign_in.forms.SetUpAppForm",
    "add_webauthn": "access_register.sign_in.forms.AddPasskeyForm",
    "edit_webauthn": "access_register.sign_in.forms.RenamePasskeyForm",
}

# Single sign-on: off until OIDC_PROVIDERS names a provider.
OIDC_PROVIDERS = read_providers(env.str("OIDC_PROVIDERS", "[]"), tls_only=MODE == "production")
PROVIDERS_WITH_SECOND_FACTOR = {provider.id for provider in OIDC_PROVIDERS if provider.second_factor}
SOCIALACCOUNT_ADAPTER = "access_register.sign_in.single_sign_on.KnownPeopleOnly"
SOCIALACCOUNT_STORE_TOKENS = False

AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "sharing.service.network.axes_client_address"
AXES_LOCKOUT_TEMPLATE = "locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_SENSITIVE_PARAMETERS = ["login", "email", "password", "code"]
AXES_CLIENT_STR_CALLABLE = "access_register.sign_in.accounts.somebody"
AXES_ENABLE_ADMIN = False

# --- the two sites compared: who reads each of them, by email address (docs/adr/0022) -------------------------------
PARITY_SCHOOLS_ONLINE = env.list("PARITY_SCHOOLS_ONLINE", default=["gordon.whiteley@governors.example"] if DEMO else [])
PARITY_EDUNET = env.str("PARITY_EDUNET", "fiona.brearley@council.example" if DEMO else "")

# --- reports -------------------------------------------------------------------------------------------------------
REPORTS_AHEAD = env.switch("REPORTS_AHEAD", default=True)  # drawn when a release is published; else when somebody asks

# --- invitations and uploads ---------------------------------------------------------------------------------------
INVITATION_DAYS = env.int("INVITATION_DAYS", 14)
# Addresses that anybody can get: refused for third parties, and queried for staff (R25).
WEBMAIL_DOMAINS = env.list(
    "WEBMAIL_DOMAINS",
    default=[
        "aol.co.uk", "aol.com", "blueyonder.co.uk", "btinternet.com", "btopenworld.com", "duck.com", "fastmail.com",
        "gmail.com", "gmx.com", "gmx.co.uk", "googlemail.com", "hotmail.co.uk", "hotmail.com", "hushmail.com",
        "icloud.com", "live.co.uk", "live.com", "mac.com", "mail.com", "me.com", "msn.com", "ntlworld.com",
        "outlook.co.uk", "outlook.com", "pm.me", "proton.me", "protonmail.com", "rocketmail.com", "sky.com",
        "talktalk.net", "tiscali.co.uk", "tuta.com", "tutanota.com", "virgin.net", "virginmedia.com", "yahoo.co.uk",
        "yahoo.com", "ymail.com", "zoho.com",
    ],
)  # fmt: skip

# The domains of the council's own addresses. An officer's address is at one of them (R38).
COUNCIL_EMAIL_DOMAINS = env.list("COUNCIL_EMAIL_DOMAINS", default=["council.example"] if DEMO else [])

# A small upload stays in memory, and a larger one is in a file without a name (R13).
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "sharing.files.nameless.NamelessUpload",
]
# The clamd on this machine that scans uploads. Empty: nothing is scanned.
CLAMD_URL = env.str("CLAMD_URL", "")
LARGEST_IMPORT = env.int("LARGEST_IMPORT_MB", 200) * 1024 * 1024  # bytes; the proxy's limit must not be smaller

# --- the school year -----------------------------------------------------------------------------------------------
# The first and last day of each holiday: 12-21/01-03 means every year, over New Year. Movable holidays, such as Easter
# and bank holidays, are given with their year: 2027-03-26/2027-04-09.
SCHOOL_HOLIDAYS = [
    tuple(stretch.split("/"))
    for stretch in env.list(
        "SCHOOL_HOLIDAYS",
        default=["10-26/10-30", "12-21/01-03", "02-15/02-19", "04-01/04-12", "05-26/05-30", "07-22/08-31"],
    )
]

# --- transfers -----------------------------------------------------------------------------------------------------
# School days: how long an agreed child who does not arrive stays visible to the receiver (R7), and how long the sender
# may still make the transfer file of a child who has left (R8).
TRANSFER_LAPSE_SCHOOL_DAYS = env.int("TRANSFER_LAPSE_SCHOOL_DAYS", 20)
CTF_GRACE_SCHOOL_DAYS = env.int("CTF_GRACE_SCHOOL_DAYS", 5)
TRANSFER_REMINDERS = [3, 8]  # after an assertion has waited this many school days for an answer


# --- unusual patterns in the ledger -----------------------------------------------------------------------------------
# How much of something may happen in a day before it is pointed out to those who judge it (P17, docs/adr/0031). By role
# on the register, with `officer` for EduNet and `other` for people without a role.
UNUSUAL_CHILDREN_AN_HOUR = env.by_role(  # records of different children opened in any 60 minutes
    "UNUSUAL_CHILDREN_AN_HOUR", number, ["head=60", "office=60", "teacher=40", "officer=40", "other=20"]
)
UNUSUAL_HOURS = env.by_role("UNUSUAL_HOURS", hours, ["office=7-19", "officer=7-20", "other=6-22"])
UNUSUAL_TIMES_USUAL = env.int("UNUSUAL_TIMES_USUAL", 2)  # and this many times the person's own busiest hour
UNUSUAL_PAST_DAYS = env.int("UNUSUAL_PAST_DAYS", 28)  # over which the busiest hour is taken
UNUSUAL_WORST_TIMES = env.int("UNUSUAL_WORST_TIMES", 2)  # times the hour's number: pointed out within minutes
UNUSUAL_CHILDREN_OUT_OF_HOURS = env.int("UNUSUAL_CHILDREN_OUT_OF_HOURS", 5)
UNUSUAL_CHILDREN_ON_A_DAY_OFF = env.int("UNUSUAL_CHILDREN_ON_A_DAY_OFF", 20)
UNUSUAL_LEAVING_DAYS = env.int("UNUSUAL_LEAVING_DAYS", 14)  # before the last day on the register
UNUSUAL_CHILDREN_BEFORE_LEAVING = env.int("UNUSUAL_CHILDREN_BEFORE_LEAVING", 10)
UNUSUAL_SURNAME_SHARED_BY = env.int("UNUSUAL_SURNAME_SHARED_BY", 3)  # children at most; commoner names do not count
UNUSUAL_REFUSALS = env.int("UNUSUAL_REFUSALS", 10)  # in one day
UNUSUAL_GLASS_A_WEEK = env.int("UNUSUAL_GLASS_A_WEEK", 1)
UNUSUAL_CHILDREN_WHO_LEFT = env.int("UNUSUAL_CHILDREN_WHO_LEFT", 3)
UNUSUAL_QUIET_DAYS = env.int("UNUSUAL_QUIET_DAYS", 28)  # after an explanation, for hours, days off and surnames

# --- accuracy ------------------------------------------------------------------------------------------------------
CHALLENGE_SCHOOL_DAYS = env.int("CHALLENGE_SCHOOL_DAYS", 10)  # within which a challenge is answered (P9)
RETURN_DUE_SCHOOL_DAYS = env.int("RETURN_DUE_SCHOOL_DAYS", 10)  # after a census day, before a return is chased

# --- termly review -------------------------------------------------------------------------------------------------
# The first day of each term, as month and day. From then on the head has REVIEW_DAYS to confirm each line (R36).
TERM_STARTS = env.list("TERM_STARTS", default=["09-01", "01-01", "04-01"])
REVIEW_DAYS = env.int("REVIEW_DAYS", 28)
REVIEW_REMINDERS = [14, 7, 1]  # days before the last day
UNDO_DAYS = env.int("UNDO_DAYS", 14)

# --- sessions, headers ---------------------------------------------------------------------------------------------
SESSION_ENGINE = "sharing.keys.sealed_sessions"
SESSION_COOKIE_AGE = 30 * 60  # seconds without a request (R13)
SESSION_LIMIT = 10 * 3600  # seconds after which it ends even if it is in use
SESSION_WARNING = 2 * 60  # seconds before either, when a page with script gives a warning (WCAG 2.2.1)
SESSION_RENEWED_EVERY = 60  # seconds: it may end this much sooner, and a page in between writes nothing
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
_tls = MODE == "production"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _tls
CSRF_COOKIE_HTTPONLY = True
# Browsers accept a cookie with this prefix only from this host, over TLS: no neighbour under the same domain can set
# it.
COOKIE_PREFIX = "__Host-" if _tls else ""
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
SECURE_SSL_REDIRECT = _tls
SECURE_REDIRECT_EXEMPT = [r"^health/$"]  # monitoring asks gunicorn directly (sharing.pages.service)
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _tls else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _tls
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *(origin for provider in OIDC_PROVIDERS for origin in provider.form_origins)],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: [] for feature in ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")
}

# Links to set a password go out by email, so production has to say where; the demonstration prints them.
EMAIL_CONFIG = env.mail("EMAIL_URL", default=None if MODE == "production" else "consolemail://")
vars().update(EMAIL_CONFIG)
EMAILS_GO_OUT = not EMAIL_CONFIG["EMAIL_BACKEND"].endswith("dummy.EmailBackend")
EMAIL_TIMEOUT = 10  # seconds within which the mail server has to answer
# How the addresses in emails begin. Emails are also written at night, when there is no request to take it from.
PUBLIC_SCHEME = "https" if _tls else "http"
PUBLIC_PORT = "" if _tls else "8000"
DEFAULT_FROM_EMAIL = env.str("FROM_EMAIL", "no-reply@schools-online.localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "portal.logs.WithoutData", "format": "%(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # A refusal is in the ledger, so only faults are logged here. WeasyPrint warns of each letter that no font has, and
    # so of names. Where nothing of ours answers, gunicorn would log the whole address and what the exception says.
    "loggers": {
        "django.request": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
        "gunicorn.error": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}

SILENCED_SYSTEM_CHECKS = [
    "guardian.W001",  # guardian's backend is left out on purpose: only sharing.authorise answers (R45)
]
