"""Who sees what: every page, for everybody in the cast (R2, R3, R6, R9, R16, R17, R33, R38, A17).

`ok` is shown, `403` is known here but at too low a level, `404` is a stranger, `in` is sent to sign in.
The table is the specification; a page, a door function or a permission that is in no row fails the last tests.
"""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from access_register import handovers, register, third_parties
from sharing import door
from sharing.authorise import Permission
from sharing.models import LedgerEntry, Pupil
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, client, visitor

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL, LARKROYD, KIRKHOLME = 999002, 999003, 999004, 999015

# Pages of Beckside Primary School, which takes part.
PAGES = {
    "establishment": "establishments/999002/",
    "pupils": "establishments/999002/pupils/",
    "pupil": "establishments/999002/pupils/{pupil}/",
    "staff": "establishments/999002/staff/",
    "register": "establishments/999002/register/",
    "add": "establishments/999002/register/add/",
    "third": "establishments/999002/register/third-parties/",
    "elsewhere": "establishments/999003/",  # Ravensgill, which takes part too
    "excluded": "establishments/999004/",  # Larkroyd, which has excluded itself
    "outside": "establishments/999015/",  # Kirkholme, an independent school
    "list": "establishments/",
}
TABLE = """
                        site    establishment pupils pupil staff register add third elsewhere excluded outside list
head-beckside           schools ok            ok     ok    ok    ok       ok ok    ok        404      404     ok
deputy-beckside        schools ok            ok     ok    ok    ok       ok ok    ok        404      404     ok
teacher-beckside        schools ok            ok     ok    403   403      403 403   ok        404      404     ok
governor-beckside       schools ok            403    403   403   403      403 403   ok        404      404     ok
third-party-beckside    schools ok            403    403   403   403      403 403   ok        404      404     ok
head-ravensgill         schools ok            404    404   404   404      404 404   ok        404      404     ok
head-larkroyd           schools 404           404    404   404   404      404 404   404       ok       404     ok
teacher-larkroyd        schools 404           404    404   404   404      404 404   404       ok       404     ok
teacher-ended            schools 404           404    404   404   404      404 404   404       404      404     ok
third-party-ended       schools 404           404    404   404   404      404 404   404       404      404     ok
teacher-tomorrow    schools 404           404    404   404   404      404 404   404       404      404     ok
superuser               schools 404           404    404   404   404      404 404   404       404      404     ok
other-department        schools 404           404    404   404   404      404 404   404       404      404     ok
officer-admissions      schools 404           404    404   404   404      404 404   404       404      404     ok
officer-data            schools 404           404    404   404   404      404 404   404       404      404     ok
officer-admissions      edunet  ok            ok     ok    403   404      404 404   ok        ok       404     ok
officer-data            edunet  ok            ok     ok    ok    404      404 404   ok        ok       404     ok
officer-school-improvement     edunet  ok            ok     ok    403   404      404 404   ok        ok       404     ok
officer-no-duty         edunet  ok            403    403   403   404      404 404   ok        ok       404     ok
officer-duty-ended      edunet  ok            403    403   403   404      404 404   ok        ok       404     ok
head-beckside           edunet  403           403    403   403   403      403 403   403       403      403     403
superuser               edunet  403           403    403   403   403      403 403   403       403      403     403
other-department        edunet  403           403    403   403   403      403 403   403       403      403     403
nobody                  schools in            in     in    in    in       in in    in        in       in      in
nobody                  edunet  in            in     in    in    404      404 404   in        in       in      in
"""
STATUS = {"ok": 200, "403": 403, "404": 404, "in": 302}
HEADER, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
CASES = [(row[0], row[1], dict(zip(HEADER[1:], row[2:], strict=True))) for row in ROWS]


@pytest.mark.parametrize(("slug", "site", "expected"), CASES, ids=[f"{slug} on {site}" for slug, site, _ in CASES])
def test_who_sees_what(slug: str, site: str, expected: dict[str, str]) -> None:
    through = EDUNET if site == "edunet" else SCHOOLS_ONLINE
    with as_batch():
        pupil = Pupil.objects.filter(establishment__urn=BECKSIDE, visible__covers=_today()).first()
    seen = {}
    for page, path in PAGES.items():
        # A person turned away at EduNet is signed out, so each page gets a fresh sign-in.
        browser = visitor(through) if slug == "nobody" else client(slug, through)
        status = browser.get(f"/{path.format(pupil=pupil.pk)}").status_code
        seen[page] = next(word for word, code in STATUS.items() if code == status)
    assert seen == expected


def _today():
    from django.utils import timezone

    return timezone.localdate()


def test_the_list_of_establishments_holds_what_may_be_read() -> None:
    """R2, R3, R4, R16, R17: by name; the excluded and the outside are in nobody else's list."""

    def urns(slug: str, through=SCHOOLS_ONLINE) -> set[int]:
        from tests.people import asker

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
    "account_reset_password_from_key_done", "account_inactive", "account_signup",
}  # fmt: skip
SHOWN_BY_THE_TABLE = {
    "establishments", "establishment", "pupils", "pupil", "staff", "register", "add_person", "third_parties",
}  # fmt: skip
# Tested beside the table: one's own places, and changes of one line.
SHOWN_ELSEWHERE = {
    "home": "test_home",
    "act_for": "test_home",
    "change_line": "test_register",
    "withdraw": "test_register",
    "headship": "test_handovers",
    "name_successor": "test_handovers",
    "cancel_handover": "test_handovers",
    "confirm_register": "test_handovers",
    "headship_offer": "test_handovers",
    "handovers": "test_handovers",
    "verify_successor": "test_handovers",
    "add_contract": "test_third_parties",
    "contract": "test_third_parties",
    "add_third_party": "test_third_parties",
    "contract_document": "test_third_parties",
    "record_dbs": "test_third_parties",
    "end_contract": "test_third_parties",
    "record_certificate": "test_third_parties",
}
DOOR_FUNCTIONS = {
    "my_places", "list_establishments", "show_establishment", "list_pupils", "show_pupil", "list_staff",
}  # fmt: skip
REGISTER_FUNCTIONS = {
    register: {"show_register", "show_line", "give_access", "change_access", "withdraw_access"},
    handovers: {
        "show_headship", "name_successor", "list_handovers", "verify_successor", "show_offer", "accept_headship",
        "cancel_handover", "confirm_register", "carry_out",
    },
    third_parties: {
        "show_third_parties", "show_contract", "record_contract", "fetch_document", "record_dbs", "add_third_party",
        "end_contract", "record_certificate", "ask_for_certificates",
    },
}  # fmt: skip


def _names(resolver: URLResolver) -> set[str | None]:
    found = set()
    for pattern in resolver.url_patterns:
        found |= {pattern.name} if isinstance(pattern, URLPattern) else _names(pattern)
    return found


@pytest.mark.parametrize("site", ["schools_online", "edunet"])
def test_every_address_is_accounted_for(site: str) -> None:
    known = NO_SHARED_DATA | SHOWN_BY_THE_TABLE | SHOWN_ELSEWHERE.keys()
    assert _names(get_resolver(f"portal.urls.{site}")) <= known


def test_every_door_function_is_accounted_for() -> None:
    functions = {name for name in door.__all__ if name[0].islower()}
    assert functions == DOOR_FUNCTIONS
    for module, known in REGISTER_FUNCTIONS.items():
        public = {
            name
            for name, thing in vars(module).items()
            if callable(thing) and getattr(thing, "__module__", "") == module.__name__ and name[0].islower()
        }
        assert public == known


def test_every_permission_is_accounted_for() -> None:
    """Each permission decides some column of the table."""
    by_page = {
        "establishment": Permission.VIEW_ESTABLISHMENT,
        "pupils": Permission.VIEW_PUPILS,
        "staff": Permission.VIEW_STAFF,
        "register": Permission.MANAGE_REGISTER,
    }
    assert set(by_page.values()) == set(Permission)
    assert by_page.keys() <= PAGES.keys()
