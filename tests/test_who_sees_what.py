"""Who sees what: every page, for everybody in the cast (R2, R3, R6, R9, R16, R17, R33, R38, A17).

`ok` is shown, `403` is known here but at too low a level, `404` is a stranger, `in` is sent to sign in,
`acc` to accept the protocol first (R19).
The table is the specification; a page, a door function or a permission that is in no row fails the last tests.
"""

import inspect
from contextlib import suppress
from functools import reduce
from importlib import import_module
from operator import or_
from pkgutil import iter_modules, walk_packages
from types import ModuleType

import pytest
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from django.utils import timezone

import access_register
from sharing import door
from sharing.authorise import Permission
from sharing.models import LedgerEntry, Pupil, RestrictedFile, StaffMember
from tests import who_sees_what
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, visitor

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL, LARKROYD, KIRKHOLME = 999002, 999003, 999004, 999015

# Pages of Beckside Primary School, which takes part, and the tables: a subject a module. A page in none fails below.
SUBJECTS = [import_module(f"{who_sees_what.__name__}.{found.name}") for found in iter_modules(who_sees_what.__path__)]
Page = tuple[str, str]  # a subject and a column: two subjects may call a column the same
PAGES: dict[Page, str] = {(of.__name__, page): path for of in SUBJECTS for page, path in of.PAGES.items()}
STATUS = {200: "ok", 403: "403", 404: "404"}
SENT_TO = {"/sign-in/": "in", "/protocol/accept/": "acc"}


def _cells(subject: ModuleType) -> dict[tuple[str, str], dict[Page, str]]:
    """(person, site) -> page -> what comes."""
    header, *rows = [line.split() for line in subject.TABLE.strip().splitlines()]
    pages = [(subject.__name__, page) for page in header[1:]]
    return {(row[0], row[1]): dict(zip(pages, row[2:], strict=True)) for row in rows}


TABLES = [_cells(subject) for subject in SUBJECTS]
CASES = [(*who, reduce(or_, (table[who] for table in TABLES))) for who in TABLES[0]]


@pytest.mark.parametrize(("slug", "site", "expected"), CASES, ids=[f"{slug} on {site}" for slug, site, _ in CASES])
def test_who_sees_what(slug: str, site: str, expected: dict[Page, str]) -> None:
    through = EDUNET if site == "edunet" else SCHOOLS_ONLINE
    ids = ids_of_beckside()
    seen, browser = {}, None
    for page, path in PAGES.items():
        browser = browser or (visitor(through) if slug == "nobody" else client(slug, through))
        response = browser.get(f"/{path.format(**ids)}")
        sent_to = response.get("location", "").partition("?")[0]
        seen[page] = SENT_TO[sent_to] if sent_to else STATUS[response.status_code]
        if f"{through}_session" in response.cookies and not response.cookies[f"{through}_session"].value:
            browser = None  # a person turned away at EduNet is signed out, so the next page gets a fresh sign-in
    differ = {page: came for page, came in seen.items() if came != expected.get(page)}
    assert seen == expected, f"{slug} on {site} is answered {differ}: the cells of TABLE in tests/who_sees_what."


def ids_of_beckside() -> dict[str, object]:
    """What the paths of PAGES name: children, a member of staff and a confidential item of Beckside."""
    today = timezone.localdate()
    with as_batch():
        here = Pupil.objects.filter(establishment__urn=BECKSIDE, visible__covers=today)
        pupil, in_year_1 = here.filter(year_group="5").first(), here.filter(year_group="1").first()
        member = StaffMember.objects.in_post_on(today).filter(establishment__urn=BECKSIDE).first()
        file = RestrictedFile.objects.filter(establishment__urn=BECKSIDE).get()
    return {"pupil": pupil.pk, "in_year_1": in_year_1.pk, "item": file.item_id, "file": file.pk, "member": member.pk}


def test_the_list_of_establishments_holds_what_may_be_read() -> None:
    """R2, R3, R4, R16, R17: by name; the excluded and the outside are in nobody else's list."""

    def urns(slug: str, through=SCHOOLS_ONLINE) -> set[int]:
        return {line.urn for line in door.list_establishments(asker(slug, through)).page}

    taking_part = urns("governor-beckside")
    assert {BECKSIDE, RAVENSGILL} <= taking_part
    assert not {LARKROYD, KIRKHOLME} & taking_part
    assert urns("head-larkroyd") == {LARKROYD}
    assert urns("superuser") == urns("teacher-ended") == urns("other-department") == set()
    assert urns("officer-no-duty", EDUNET) == taking_part | {LARKROYD}


def test_an_excluded_establishment_keeps_what_is_its_own() -> None:
    """R16, R17, A12: its own pupils, staff and register go on working."""
    browser = client("head-larkroyd")
    for page in ("", "pupils/", "staff/", "register/"):
        assert browser.get(f"/establishments/{LARKROYD}/{page}").status_code == 200
    assert "takes no part" in browser.get("/").content.decode()


def test_a_refusal_and_a_stranger_are_both_in_the_ledger() -> None:
    """R43."""
    client("governor-beckside").get(f"/establishments/{BECKSIDE}/pupils/")
    client("governor-beckside").get(f"/establishments/{RAVENSGILL}/staff/")
    with as_batch():
        rows = list(LedgerEntry.objects.order_by("-id").values_list("action", "outcome", "urn")[:2])
    assert rows == [("list_staff", "refused", RAVENSGILL), ("list_pupils", "refused", BECKSIDE)]


# --- nothing is left out -------------------------------------------------------------------------------------------

# Addresses that show no shared data: open to anyone, one's own account, or a form whose page is in the table.
NO_SHARED_DATA = {
    "guidance", "guide", "demo_sign_in", "account_login", "account_logout", "account_change_password",
    "account_reset_password", "account_reset_password_done", "account_reset_password_from_key",
    "account_reset_password_from_key_done", "account_inactive", "account_signup", "protocol", "accept_protocol",
    "invitation",  # one's own, by a link that works once: tests/access_register/test_invitations.py
    "same_data",  # names no establishment: tests/service/test_operations.py
    # signing in, and how one does it
    "second_factor", "sign_out_everywhere", "stay_signed_in", "account_reauthenticate", "mfa_index", "mfa_authenticate",
    "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes", "mfa_download_recovery_codes", "mfa_list_webauthn", "mfa_add_webauthn",
    "mfa_edit_webauthn", "mfa_remove_webauthn", "mfa_reauthenticate_webauthn", "mfa_login_webauthn",
    "openid_connect_login", "openid_connect_callback", "socialaccount_login_cancelled",
    "ledger_seal", "ledger_heads",  # signatures over all rows: they name nobody
}  # fmt: skip
# Tested beside the table: one's own places, and changes of one line.
SHOWN_ELSEWHERE: dict[str, str] = reduce(or_, (subject.ELSEWHERE for subject in SUBJECTS))
DOOR_FUNCTIONS = set().union(*(subject.DOOR for subject in SUBJECTS))
REGISTER_FUNCTIONS = set().union(*(subject.REGISTER for subject in SUBJECTS))
# Commands and the demonstration ask for themselves.
REGISTER_MODULES = [
    import_module(found.name)
    for found in walk_packages(access_register.__path__, "access_register.")
    if not {"demo", "management", "migrations"} & set(found.name.split("."))
]


def _names(resolver: URLResolver) -> set[str | None]:
    found = set()
    for pattern in resolver.url_patterns:
        found |= {pattern.name} if isinstance(pattern, URLPattern) else _names(pattern)
    return found


def _in_the_table(urls: str) -> set[str | None]:
    """The names of the addresses to which the paths of PAGES lead at this site."""
    found, ids = set(), ids_of_beckside()
    for path in PAGES.values():
        with suppress(Resolver404):  # only the other site has it
            found.add(resolve(f"/{path.format(**ids).partition('?')[0]}", urls).url_name)
    return found


@pytest.mark.parametrize("site", ["schools_online", "edunet"])
def test_every_address_is_accounted_for(site: str) -> None:
    urls = f"portal.urls.{site}"
    unknown = _names(get_resolver(urls)) - NO_SHARED_DATA - _in_the_table(urls) - SHOWN_ELSEWHERE.keys()
    assert not unknown, (
        f"{sorted(map(str, unknown))}: in tests/who_sees_what, the module of the subject, a path in PAGES and a column "
        "in TABLE; or the address in ELSEWHERE, with the module of tests that hold it."
    )


def _takes(function: object) -> set[str]:
    return set(inspect.signature(function).parameters)


def test_every_door_function_is_accounted_for() -> None:
    functions = {name for name in door.__all__ if name[0].islower()}
    where = "in tests/who_sees_what, the module of the subject"
    assert functions == DOOR_FUNCTIONS, f"{sorted(functions ^ DOOR_FUNCTIONS)}: into DOOR, or out of it, {where}."
    public = {
        name
        for module in REGISTER_MODULES
        for name, thing in vars(module).items()
        if inspect.isfunction(thing) and thing.__module__.startswith("access_register") and "asker" in _takes(thing)
        if not name.startswith("_")
    }
    assert public == REGISTER_FUNCTIONS, f"{sorted(public ^ REGISTER_FUNCTIONS)}: into REGISTER, or out, {where}."


def test_every_permission_is_accounted_for() -> None:
    """Each permission decides some column of the table."""
    by_page = {
        "establishment": Permission.VIEW_ESTABLISHMENT,
        "pupils": Permission.VIEW_PUPILS,
        "staff": Permission.VIEW_STAFF,
        "register": Permission.MANAGE_REGISTER,
        "imports": Permission.KEEP_RECORDS,
        "officers": Permission.MANAGE_DUTIES,
        "conf": Permission.VIEW_RESTRICTED,
    }
    assert set(by_page.values()) == set(Permission)
    assert by_page.keys() <= {page for _, page in PAGES}
