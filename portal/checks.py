"""System checks: what must be right before the portal serves anybody."""

import os
import re
from datetime import datetime
from difflib import get_close_matches
from email.utils import parseaddr
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage, staticfiles_storage
from django.core.checks import CheckMessage, Error, Info, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.files.storage import Storage
from django.core.validators import validate_email
from django.utils import timezone

from access_register.models import RegisterLine
from access_register.sign_in.addresses import is_webmail
from portal.environment import ASKED, POSTS_NOTHING
from sharing import crypto
from sharing.authority import REGIONS
from sharing.files import virus_scan
from sharing.ledger import seals
from sharing.reports import pdf
from sharing.school_year import HOLIDAYS_TO_ADD, can_be_meant, holidays_run_out
from sharing.service.network import networks

AREA = re.compile(r"E\d{8}")  # of the Office for National Statistics, in England
ALIKE = 0.88  # out of 1: a letter or two different


def _is_this_machine(host: str) -> bool:
    return host in {"localhost", "127.0.0.1", "[::1]"} or host.endswith(".localhost")


@register(Tags.security)
def demo_stays_on_this_machine(app_configs: Any, **kwargs: Any) -> list[Error]:
    """One-click sign-in and invented keys are only for a host on this machine."""
    outside = [host for host in settings.ALLOWED_HOSTS if not _is_this_machine(host)]
    if settings.MODE == "production" or not outside:
        return []
    return [
        Error(
            f"Demonstration mode is on, and the portal would answer at {', '.join(outside)}.",
            hint="Set PORTAL_MODE=production, or leave SCHOOLS_ONLINE_HOST and EDUNET_HOST on .localhost.",
            id="portal.E001",
        )
    ]


MAKE_32 = "Make a key: openssl rand -base64 32"


@register(Tags.security)
def field_keys_are_keys(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Identifying fields can be encrypted and read."""
    try:
        crypto.decrypt(crypto.encrypt("", column="check"), column="check")
    except ImproperlyConfigured as error:
        return [Error(str(error), hint=f"An id of your choice, a colon, and a key. {MAKE_32}", id="portal.E003")]
    if len(settings.BLIND_INDEX_KEY) < 32:
        words = "BLIND_INDEX_KEY is too short: UPNs could be guessed from their index."
        return [Error(words, hint=MAKE_32, id="portal.E004")]
    return []


@register(Tags.security)
def ledger_keys_are_keys(app_configs: Any, **kwargs: Any) -> list[Error]:
    """The ledger can be signed if a key is given, and its signatures can be checked."""
    try:
        seals.public_keys()
    except ImproperlyConfigured as error:
        return [Error(str(error), hint=MAKE_32, id="portal.E051")]
    return []


RANGES = ("EDUNET_NETWORKS", "CITRIX_GATEWAYS", "TRUSTED_PROXIES")
WIDEST = 8  # the shortest prefix accepted, in bits: the widest private ranges are 10.0.0.0/8 and fd00::/8


@register(Tags.security)
def networks_are_networks(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Each setting in RANGES gives address ranges, none of them implausibly wide, and the two sites have two hosts."""
    errors = []
    for name in RANGES:
        try:
            ranges = networks(getattr(settings, name))
        except ValueError as error:
            errors.append(Error(f"{name}: {error}.", hint="Give ranges such as 10.20.0.0/16.", id="portal.E005"))
        else:
            hint = f"Give each network's own length, such as 10.20.0.0/16. The shortest that is taken is /{WIDEST}."
            for wide in (network for network in ranges if network.prefixlen < WIDEST):
                errors.append(Error(f"{name}: {wide} is too wide a range.", hint=hint, id="portal.E005"))
    if len(set(settings.SITE_HOSTS.values())) < len(settings.SITE_HOSTS):
        errors.append(Error("SCHOOLS_ONLINE_HOST and EDUNET_HOST are the same.", id="portal.E005"))
    return errors


@register(Tags.security)
def the_scanner_is_on_this_machine(app_configs: Any, **kwargs: Any) -> list[Error]:
    """CLAMD_URL is empty, or leads to a socket on this machine, because uploads go through it unencrypted."""
    try:
        if settings.CLAMD_URL:
            virus_scan.where_it_listens(settings.CLAMD_URL)
    except ValueError as error:
        return [Error(str(error), id="portal.E052")]
    return []


@register
def transfers_keep_within_the_law(app_configs: Any, **kwargs: Any) -> list[Error]:
    """The duty to send a transfer file lasts at most 15 school days (R8), and every transfer lapses some day (R7)."""
    errors = []
    if not 0 <= settings.CTF_GRACE_SCHOOL_DAYS <= 15:
        errors.append(Error("CTF_GRACE_SCHOOL_DAYS is a number of school days from 0 to 15.", id="portal.E006"))
    if not 1 <= settings.TRANSFER_LAPSE_SCHOOL_DAYS <= 60:
        errors.append(Error("TRANSFER_LAPSE_SCHOOL_DAYS is a number of school days from 1 to 60.", id="portal.E007"))
    return errors


HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")
AT_LEAST_ONE = (
    "INVITATION_DAYS", "REVIEW_DAYS", "UNDO_DAYS", "CHALLENGE_SCHOOL_DAYS", "RETURN_DUE_SCHOOL_DAYS",
    "UNUSUAL_PAST_DAYS",
)  # fmt: skip
A_YEAR = 366  # days: more is a typing error, and some would be past the last day of the calendar
ZERO_OR_MORE = ("UNUSUAL_LEAVING_DAYS", "UNUSUAL_QUIET_DAYS")
BY_ROLE = ("UNUSUAL_CHILDREN_AN_HOUR", "UNUSUAL_HOURS")
ROLES = {*RegisterLine.Role.values, "officer", "other"}


@register
def what_is_set_can_be_used(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Hosts, days of the school year and numbers that would otherwise fail only on a page or at night."""
    right = {
        "SCHOOLS_ONLINE_HOST is a host name without https:// and port": HOST.fullmatch(
            settings.SITE_HOSTS["schools_online"]
        ),
        "EDUNET_HOST is a host name without https:// and port": HOST.fullmatch(settings.SITE_HOSTS["edunet"]),
        "TERM_STARTS are days of every year, such as 09-01": settings.TERM_STARTS
        and all(_is_a_day(day) for day in settings.TERM_STARTS),
        "LARGEST_IMPORT_MB is 1 or more": settings.LARGEST_IMPORT > 0,
        "WEBMAIL_DOMAINS are what comes after the @, such as gmail.com": settings.WEBMAIL_DOMAINS
        and all(HOST.fullmatch(domain) for domain in settings.WEBMAIL_DOMAINS),
    }
    right |= {f"{name} is 1 to {A_YEAR}": 1 <= getattr(settings, name) <= A_YEAR for name in AT_LEAST_ONE}
    right |= {f"{name} is 0 to {A_YEAR}": 0 <= getattr(settings, name) <= A_YEAR for name in ZERO_OR_MORE}
    roles = ", ".join(sorted(ROLES))
    right |= {
        f"{name} names roles that are among {roles}": ROLES.issuperset(getattr(settings, name)) for name in BY_ROLE
    }
    return [Error(f"{rule}.", id="portal.E069") for rule, is_right in right.items() if not is_right]


def _is_a_day(text: str) -> bool:
    try:
        return bool(datetime.strptime(f"2023-{text}", "%Y-%m-%d"))  # a year without 29 February
    except ValueError:
        return False


@register(Tags.security)
def the_secret_key_is_secret(app_configs: Any, **kwargs: Any) -> list[Error]:
    """The secret key cannot be guessed. Anybody who guessed it could sign links to choose a password."""
    if len(settings.SECRET_KEY) >= 32:
        return []
    hint = "Make one: openssl rand -base64 48"
    return [Error("SECRET_KEY is too short: it could be guessed.", hint=hint, id="portal.E070")]


@register
def holidays_are_days(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Holidays are real days. Deadlines count school days (R7, R8, R23): a typing error would move them by months."""
    hint = "Give the first and the last day, as 12-21/01-03 for every year or 2027-03-26/2027-04-09 for one."
    wrong = ["/".join(holiday) for holiday in settings.SCHOOL_HOLIDAYS if not can_be_meant(holiday)]
    return [Error(f"SCHOOL_HOLIDAYS: {holiday} is not a holiday.", hint=hint, id="portal.E068") for holiday in wrong]


@register
def holidays_go_on(app_configs: Any, **kwargs: Any) -> list[Warning]:
    """Movable holidays are set each year; otherwise next school year's deadlines count them as school days."""
    last_day = holidays_run_out(timezone.localdate())
    words = f"SCHOOL_HOLIDAYS gives no holiday with its year after {last_day}."
    return [Warning(words, hint=HOLIDAYS_TO_ADD, id="portal.W002")] if last_day else []


@register
def reports_can_be_made(app_configs: Any, **kwargs: Any) -> list[Warning]:
    """Reports can be made as PDF, which needs pango. All else works without it, and the page of reports says so too."""
    if not pdf.missing():
        return []
    return [
        Warning(
            f"Reports cannot be made as PDF on this machine: {', '.join(pdf.missing())} cannot be loaded.",
            hint=f"On Debian and Ubuntu: apt-get install {' '.join(pdf.LIBRARIES)} fonts-liberation",
            id="portal.W001",
        )
    ]


@register(deploy=True)
def every_name_can_be_drawn(app_configs: Any, **kwargs: Any) -> list[Info]:
    """There are fonts for names in other letters. Without them a PDF has boxes, and nothing else says so."""
    fonts = pdf.missing_fonts()
    words = f"PDFs that are made on this machine have boxes for some letters of names, without {' and '.join(fonts)}."
    hint = f"On Debian and Ubuntu, where the worker runs: apt-get install {' '.join(fonts)}"
    return [Info(words, hint=hint, id="portal.I001")] if fonts else []


@register(Tags.security, deploy=True)
def edunet_has_a_way_in(app_configs: Any, **kwargs: Any) -> list[Error]:
    """EduNet has address ranges. Without any, it would refuse everybody (R38), so it is not set up."""
    if settings.EDUNET_NETWORKS or settings.CITRIX_GATEWAYS:
        return []
    hint = "Set EDUNET_NETWORKS to the ranges of the council's network, CITRIX_GATEWAYS to its Citrix gateway's."
    return [Error("EduNet has no address ranges, so nobody can reach it.", hint=hint, id="portal.E008")]


@register(deploy=True)
def people_find_the_way(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Links in emails lead to SITE_HOSTS. In production, nobody can reach the names that a demonstration uses."""
    if settings.MODE != "production":
        return []
    at_home = [name for name in ("schools_online", "edunet") if _is_this_machine(settings.SITE_HOSTS[name])]
    hint = "Set it to the name that people type, such as schools-online.example.gov.uk."
    told: list[CheckMessage] = [
        Error(f"{name.upper()}_HOST is not set, or leads only to this machine.", hint=hint, id="portal.E072")
        for name in at_home
    ]
    mailbox, _, domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")
    if not mailbox or _is_this_machine(domain):
        words = "FROM_EMAIL is not set, or is not an address: mail servers refuse what comes from there."
        hint = "Set it to an address of the council's, such as no-reply@schools-online.example.gov.uk."
        told.append(Warning(words, hint=hint, id="portal.W003"))
    return told


@register(deploy=True)
def emails_go_somewhere(app_configs: Any, **kwargs: Any) -> list[Warning]:
    """In production emails are posted. A drill posts none, and must not be forgotten: nobody would be told anything."""
    if settings.MODE != "production" or settings.EMAILS_GO_OUT:
        return []
    words = f"EMAIL_URL is {POSTS_NOTHING}, so no email goes out. What is written is taken for sent."
    return [Warning(words, hint="After a drill, set it to the mail server again.", id="portal.W008")]


def _is_a_mailbox(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True


@register(deploy=True)
def those_who_answer_can_be_reached(app_configs: Any, **kwargs: Any) -> list[Warning]:
    """Pages send people to both addresses, which the law requires (UK GDPR, Article 13; accessibility regulations)."""
    hint = "Set it to an address that somebody reads, without a name before it."
    return [
        Warning(
            f"{name} is not set, or is not an address: pages say whom to write to, but not where.",
            hint,
            id="portal.W005",
        )
        for name in ("DATA_PROTECTION_EMAIL", "SERVICE_EMAIL")
        if settings.MODE == "production" and not _is_a_mailbox(getattr(settings, name))
    ]


@register(Tags.security, deploy=True)
def the_proxy_is_known(app_configs: Any, **kwargs: Any) -> list[Warning]:
    """A proxy is named. gunicorn speaks no TLS, so one stands in front, and its headers count only if it is named."""
    if settings.TRUSTED_PROXIES:
        return []
    words = "TRUSTED_PROXIES is empty: behind a proxy each page leads back to itself, and EduNet refuses everybody."
    return [Warning(words, hint="Set it to the proxy's address, 127.0.0.1 on the same machine.", id="portal.W004")]


@register(Tags.security, deploy=True)
def officers_have_council_addresses(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Only addresses that the council gives out make somebody an officer (R38), so their domains must be set."""
    domains = [domain.strip().lower() for domain in settings.COUNCIL_EMAIL_DOMAINS]
    hint = "Set COUNCIL_EMAIL_DOMAINS to the domains of the council's email, such as example.gov.uk."
    if not domains:
        return [Error("No email domain is the council's, so no officer can be recorded.", hint=hint, id="portal.E067")]
    wrong = sorted(domain for domain in domains if not HOST.fullmatch(domain))
    if wrong:
        words = f"COUNCIL_EMAIL_DOMAINS: {', '.join(wrong)} is not a domain, so no address would be at it."
        return [Error(words, hint="Give what comes after the @, such as example.gov.uk.", id="portal.E067")]
    webmail = sorted(domain for domain in domains if is_webmail(f"somebody@{domain}"))
    return [Error(f"Anybody can get an address at {domain}.", hint=hint, id="portal.E067") for domain in webmail]


@register(Tags.security)
def providers_vouch_for_their_own(app_configs: Any, **kwargs: Any) -> list[Error]:
    """No provider vouches for others' addresses (R13). Whoever wrote one there would come into its owner's account."""
    return [
        Error(
            f"OIDC_PROVIDERS: {provider.id} cannot vouch for {domain}: anybody can get an address there.",
            id="portal.E081",
        )
        for provider in settings.OIDC_PROVIDERS
        for domain in provider.email_domains
        if is_webmail(f"somebody@{domain}")
    ]


@register
def the_authority_is_told_whole(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Outside Bradford every name and code of the authority is set, so that no page or file names another authority."""
    told = {
        "AUTHORITY_NAME": bool(settings.AUTHORITY_NAME),
        "AUTHORITY_AREA": bool(settings.AUTHORITY_AREA),
        "AUTHORITY_AREA_CODE": bool(AREA.fullmatch(settings.AUTHORITY_AREA_CODE)),
        "AUTHORITY_REGION_CODE": settings.AUTHORITY_REGION_CODE in REGIONS,
    }
    hint = "See docs/operators/settings.md: Leeds, for example, is E08000035, in the region E12000003."
    missing = [name for name, right in told.items() if not right]
    words = f"The authority is {settings.AUTHORITY_CODE}, and these are missing or wrong: {', '.join(missing)}."
    return [Error(words, hint=hint, id="portal.E071")] if missing else []


@register(deploy=True)
def settings_are_spelt_right(app_configs: Any, **kwargs: Any) -> list[Warning]:
    """No setting's name is misspelt. A misspelt setting is not set, and its default would apply silently."""
    meant = {name: get_close_matches(name, ASKED, 1, ALIKE) for name in sorted(set(os.environ) - ASKED)}
    return [
        Warning(
            f"{name} is not a setting.",
            hint=f"Is {alike[0]} meant? See docs/operators/settings.md.",
            id="portal.W006",
        )
        for name, alike in meant.items()
        if alike
    ]


@register(deploy=True)
def styles_are_collected(app_configs: Any, **kwargs: Any) -> list[Warning]:
    """`collectstatic` ran with this version: otherwise each page is a fault, or has the styles of another version."""
    if settings.MODE != "production" or all(_is_collected(*found) for one in get_finders() for found in one.list([])):
        return []
    words = "The styles and scripts of this version have not been collected, so pages cannot be shown."
    return [Warning(words, hint="Run manage.py collectstatic --no-input, then restart gunicorn.", id="portal.W007")]


def _is_collected(path: str, source: Storage) -> bool:
    """Whether pages find the file by this version's name for it, and it has this version's content."""
    manifest = cast(ManifestStaticFilesStorage, staticfiles_storage).hashed_files
    collected = Path(staticfiles_storage.path(path))
    return path in manifest and collected.is_file() and collected.read_bytes() == Path(source.path(path)).read_bytes()


@register(Tags.security, deploy=True)
def production_is_no_demo(app_configs: Any, **kwargs: Any) -> list[Error]:
    """`check --deploy`, which portal.wsgi runs before it serves, refuses demonstration mode entirely."""
    if settings.MODE == "production":
        return []
    return [Error(f"PORTAL_MODE is {settings.MODE}.", hint="Unset PORTAL_MODE to deploy.", id="portal.E002")]
