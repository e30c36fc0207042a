"""Every page of both sites, looked at as a head, an officer and a stranger do (R30).

`Someone` does the looking: axe, no sideways scrolling, no script error, nothing refused by the policy.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import get_resolver

from sharing.demo.places import BECKSIDE, OXENBY, RAVENSGILL
from sharing.guidance import GUIDES
from tests.journeys.browsing import Someone
from tests.journeys.conftest import Browse
from tests.journeys.serving import REPOSITORY, Demo, status_of

pytestmark = pytest.mark.browser
HERE = f"/establishments/{BECKSIDE}"

# Address by name of the URL, and what is to be looked at there. Other pages of the same address follow below.
OPEN = {
    "guidance": "/guidance/",
    "same_data": "/same-data/",
    "protocol": "/protocol/",
    "demo_sign_in": "/demo/sign-in/",
    "account_login": "/sign-in/",
    "account_reset_password": "/password/reset/",
    "account_reset_password_done": "/password/reset/sent/",
    "account_reset_password_from_key": "/password/reset/1-nonsense/",
    "account_reset_password_from_key_done": "/password/reset/done/",
    "account_inactive": "/account/inactive/",
    "account_signup": "/sign-up/",
    "ledger_seal": "/ledger/seal/",
    "socialaccount_login_cancelled": "/sign-in/cancelled/",
}
SIGNED_IN = {
    "home": "/",
    "establishments": "/establishments/",
    "establishment": f"{HERE}/",
    "pupils": f"{HERE}/pupils/",
    "find": "/find/",
    "key_data": f"{HERE}/key-data/",
    "deeper": f"{HERE}/deeper/",
    "behind_bar": f"{HERE}/deeper/children/?measure=roll_pupils&year=2025&group=sex:F",
    "own_groups": f"{HERE}/groups/",
    "school_finder": "/school-finder/",
    "statistics": "/statistics/",
    "statistics_of": f"{HERE}/statistics/",
    "dashboard": f"{HERE}/dashboard/",
    "report_misuse": "/report-misuse/school-finder/",
    "report_misuse_at": f"/report-misuse/key-data/{BECKSIDE}/",
    "my_reports": "/your-reports/",
    "breaches": "/breaches/",
    "report_breach": "/breaches/report/",
    "reports": f"{HERE}/reports/",
    "support": f"{HERE}/support/",
    "staff": f"{HERE}/staff/",
    "ask_for_download": f"{HERE}/downloads/pupils/new/?year_group=5",
    "my_downloads": "/my-downloads/",
    "imports": f"{HERE}/imports/",
    "bring_in": f"{HERE}/imports/add/",
    "data_quality": f"{HERE}/data-quality/",
    "finding": f"{HERE}/data-quality/meals/",
    "challenges": f"{HERE}/challenges/",
    "challenge_figure": f"{HERE}/challenge/",
    "returns": f"{HERE}/returns/",
    "accept_protocol": "/protocol/accept/",
    "participants": "/participation/",
    "participation": f"{HERE}/participation/",
    "all_signatories": "/protocol/signatories/",
    "signatories": f"{HERE}/signatories/",
    "transfers": f"{HERE}/transfers/",
    "joiners_and_leavers": f"{HERE}/joiners-and-leavers/",
    "my_access": "/my-access/",
    "my_caseload": "/caseload/",
    "release_calendar": "/calendar/",
    "release_history": "/calendar/ks2/",
    "account_logout": "/sign-out/",
    "account_change_password": "/password/change/",
    "account_reauthenticate": "/confirm/",
    "mfa_index": "/account/",
    "second_factor": "/account/second-factor/",
    "mfa_activate_totp": "/account/app/",
    "mfa_list_webauthn": "/account/passkeys/",
    "mfa_add_webauthn": "/account/passkeys/add/",
}
AT_SCHOOLS = {
    "make_own_group": f"{HERE}/groups/add/",
    "publish_offer": f"{HERE}/support/offers/add/",
    "openings_here": f"{HERE}/opened-records/",
    "closings_here": f"{HERE}/closed-records/",
    "our_data": f"{HERE}/our-data/",
    "leave_protocol": f"{HERE}/participation/leave/",
    "responsible": f"{HERE}/participation/people/",
    "notes_to_head": f"{HERE}/officers-notes/",
    "register": f"{HERE}/register/",
    "officers_here": f"{HERE}/register/officers/",
    "add_person": f"{HERE}/register/add/",
    "review": f"{HERE}/register/review/",
    "upload_staff": f"{HERE}/register/staff/",
    "copy_forward": f"{HERE}/register/copy/",
    "confirm_register": f"{HERE}/register/confirm/",
    "third_parties": f"{HERE}/register/third-parties/",
    "add_contract": f"{HERE}/register/third-parties/add/",
    "register_print": f"{HERE}/register/print/",
    "downloads_here": f"{HERE}/downloads/",
    "register_then": f"{HERE}/register/as-it-was/?on=1/9/2025",
    "ledger": f"{HERE}/ledger/",
    "patterns_here": f"{HERE}/unusual-patterns/",
    "subject_requests": f"{HERE}/subject-access/",
    "record_subject_request": f"{HERE}/subject-access/record/",
}
SIGNED_IN_AT_EDUNET = {
    "session_purpose": "/purpose/",
    "handovers": "/handovers/",
    "all_transfers": "/transfers/",
    "transfer_from_outside": "/transfers/from-outside/",
    "children_missing": "/children-missing/",
    "accuracy_desk": "/accuracy/",
    "misuse_reports": "/misuse-reports/",
    "look_for_a_child": "/break-glass/",
    "my_openings": "/break-glass/yours/",
    "orders_to_authorise": "/legal-overrides/to-authorise/",
    "localities": "/localities/",
    "locality": "/localities/1/",
    "moving": f"{HERE}/locality/",
    "returns_across": "/returns/",
    "visit_page": f"{HERE}/visit/",
    "save_view": "/saved-views/establishments/add/?kind=nursery",
}
# Looked at by test_transfers, with the children of its own.
OF_A_TRANSFER = {"transfer_begin", "transfer_answer", "transfer_cancel", "transfer_arrived", "pupil_left"}
# On both sites, at addresses of their own: of the school that has a handover under way, and of one that has none.
OF_A_HEADSHIP = {"headship", "name_successor", "cancel_handover"}
# Looked at by test_confidential.
CONFIDENTIAL = {"confidential_items", "confidential_item", "confidential_file"}
CONFIDENTIAL_AT_SCHOOLS = {"consents", "narrow_item", "withdraw_consent", "confirm_consent"}
CONFIDENTIAL_AT_EDUNET = {"add_confidential", "add_confidential_file", "withdraw_confidential"}
# An import is looked at by test_imports.
BY_A_LINK = {
    "past_release",  # tests/journeys/test_support.py
    "misuse_report",  # tests/journeys/test_misuse.py
    "breach", "breach_vote", "breach_appeal", "breach_answer", "breach_again",  # tests/journeys/test_breaches.py
    "unusual_pattern",  # tests/journeys/test_unusual.py
    "guide", "pupil", "found", "import", "member", "transfer_file", "leaver_file", "challenge", "challenge_pupil",
    "challenge_staff",
    "own_group", "change_own_group", "own_group_members",  # tests/journeys/test_deeper.py
    "open_table", "named_table",  # tests/journeys/test_statistics.py
}  # fmt: skip
BY_A_LINK_AT_SCHOOLS = {
    "change_offer", "ask_for_support", "support_request",  # tests/journeys/test_support.py
    "ledger_of_child",
    "join_protocol",  # tests/journeys/test_participation.py
    "change_line", "withdraw", "invitation", "check_staff", "leave", "narrow", "suspend", "resume", "story",
    "headship_offer", "contract", "add_third_party", "record_dbs", "end_contract", "record_certificate",
}  # fmt: skip
NO_PAGE_OF_ITS_OWN_AT_SCHOOLS = {
    "withdraw_offer", "take_back_support_request",
    "agree_closing_here",
    "subject_request", "prepare_answer",  # tests/journeys/test_subject_access.py
    "health",
    "act_for", "confirm_line", "lower_line", "undo_review", "send_again", "staff_template", "contract_document",
}  # fmt: skip
BY_THE_INFORMATION_MANAGER = {
    "patterns_here", "all_patterns",
    "ledger", "all_ledger", "officers", "add_officer", "openings_to_mark", "officer", "give_duty",
    "give_casework", "casework", "take_child_out", "orders", "record_order",  # tests/journeys/test_casework.py
    "end_order",
    "authorise_remote_use", "end_appointment", "end_duty", "confirm_duty", "end_remote_use",
}  # fmt: skip
NO_PAGE_OF_ITS_OWN_AT_EDUNET = {
    # by an information manager: tests/journeys/test_breaches.py
    "breach_concern", "breach_refer", "breach_tell", "breach_evidence", "breach_seat",
    "openings_here", "closings", "close_child", "break_glass",  # tests/journeys/test_overrides.py
    "end_opening", "agree_closing", "end_closing",
    "retention", "ask_for_disposal", "disposal", "decide_disposal", "holds",  # tests/journeys/test_retention.py
    "place_hold", "lift_hold",
    "subject_requests", "record_subject_request", "subject_request",  # tests/journeys/test_subject_access.py
    "prepare_answer",
    "certificate_of_disposal",
    "authorise_order",
    "downloads_here",  # by an officer who keeps the duties: tests/test_who_sees_what.py
    "acknowledge_misuse", "close_misuse",
    "take_back_move",
    "end_type", "change_note", "remove_note", "forget_view",  # tests/journeys/test_workbench.py
    "confirm_officer",
    # by an information manager: tests/journeys/test_workbench.py
    "community", "list_type", "add_centre", "without_head", "first_head",
    "operations",  # by who runs the service: tests/journeys/test_operations.py
    "make_own_group",
    "verify_successor", "check_release", "schedule_release", "postpone_release", "withdraw_release",
    "releases", "release",  # by an officer who runs them: tests/journeys/test_releases.py
    "statistics_desk", "statistics_request", "statistics_progress",
}  # fmt: skip
# Looked at by test_passkeys and test_sign_in: these need a second factor that is set up.
WITH_A_SECOND_FACTOR = {
    "mfa_authenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_deactivate_totp",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_edit_webauthn", "mfa_remove_webauthn",
}  # fmt: skip
NO_PAGE_OF_ITS_OWN = {
    "breaches_from", "suspension",  # tests/access_register/test_breaches.py
    "mark_opening",
    "my_downloads_of", "download_progress", "collect_download",
    "download", "download_passphrase",  # tests/journeys/test_downloads.py
    "ledger_heads",
    "establishments_file", "key_data_file",
    "report_file", "reports_progress", "ask_for_report",  # looked at by test_reports
    "deeper_file", "archive_own_group",
    "open_table_file", "named_table_file",
    "pupil_columns",
    "pass_on_challenge", "confirm_return",
    "sign_out_everywhere", "mfa_download_recovery_codes", "mfa_login_webauthn", "openid_connect_login",
    "openid_connect_callback", "import_progress", "import_report", "settle_import",
    "stay_signed_in",
}  # fmt: skip
AND_ALSO = [
    "/establishments/?sort=idaci",
    f"/establishments/{RAVENSGILL}/key-data/",
    "/establishments/?kind=primary",
    "/establishments/?named=nothing+of+the+kind",
    f"/establishments/{OXENBY}/",
    f"{HERE}/deeper/?measure=attendance_persistent&by=sex&and=fsm",
    f"{HERE}/deeper/?measure=phonics_met&by=prior&and=ethnicity",
    f"/establishments/{RAVENSGILL}/deeper/?by=ethnicity",
    f"{HERE}/pupils/?page=2",
    f"{HERE}/pupils/?year_group=4&sex=F&fsm=yes&sort=class",
    f"{HERE}/pupils/?named=nobody",
    f"{HERE}/staff/?work=teaching&contract=PRM",
    f"{HERE}/staff/?named=nobody",
]

TOO_MANY_FIELDS = """
for (let number = 0; number < 1001; number++)
    document.forms[0].append(Object.assign(document.createElement("input"), {type: "hidden", name: `field${number}`}))
"""


@pytest.mark.parametrize("site", ["schools_online", "edunet"])
def test_pages_that_are_open_to_anyone(browse: Browse, site: str) -> None:
    stranger = browse(on=site)
    for path in OPEN.values():
        stranger.visits(path)
    for guide in GUIDES:
        stranger.visits("/guidance/")
        stranger.presses(guide.title)
        assert guide.owner in stranger.main
    stranger.visits("/nowhere/", status=404)


@pytest.mark.parametrize(
    ("slug", "site"), [("teacher-not-accepted", "schools_online"), ("officer-not-accepted", "edunet")]
)
def test_pages_of_people_who_have_not_accepted_the_protocol(browse: Browse, slug: str, site: str) -> None:
    """R19: one page, whatever they try; the text and the guidance are open to them."""
    newcomer = browse(slug, on=site)
    for path in ("/", f"{HERE}/pupils/", "/my-access/"):
        newcomer.visits(path)
        assert newcomer.path == "/protocol/accept/"
    newcomer.presses("Accept the protocol", status=422)
    newcomer.visits("/guidance/")
    newcomer.visits("/protocol/")


@pytest.mark.parametrize(
    ("slug", "site"), [("head-beckside", "schools_online"), ("officer-data", "edunet")], ids=["head", "officer"]
)
def test_pages_of_people_who_have_signed_in(browse: Browse, slug: str, site: str) -> None:
    somebody = browse(slug, on=site)
    for path in [*SIGNED_IN.values(), *AND_ALSO, *(SIGNED_IN_AT_EDUNET.values() if site == "edunet" else ())]:
        somebody.visits(path)
    somebody.visits(f"{HERE}/pupils/")
    somebody.presses(somebody.page.locator("tbody a").first)
    somebody.visits(f"{HERE}/staff/")
    somebody.presses(somebody.page.locator("tbody a").first)
    somebody.visits(f"{HERE}/pupils/?named=Satterthwaite")  # leaves today
    somebody.visits(f"{somebody.page.locator('tbody a').first.get_attribute('href')}transfer-file/")
    somebody.visits(transfer_file(somebody))
    somebody.visits("/guidance/")
    somebody.visits("/nowhere/", status=404)
    somebody.visits(f"/establishments/{RAVENSGILL}/pupils/", status=404 if site == "schools_online" else 200)


def transfer_file(somebody: Someone) -> str:
    """The address of the file of a child who leaves Beckside: the first transfer from there."""
    somebody.expected = 404
    files = (f"{HERE}/transfers/{number}/file/" for number in range(1, 30))
    return next(path for path in files if somebody.page.goto(path).ok)


@pytest.mark.parametrize(("slug", "site"), [("head-beckside", "schools_online"), ("officer-data", "edunet")])
def test_pages_of_challenges(browse: Browse, slug: str, site: str) -> None:
    somebody = browse(slug, on=site)
    somebody.visits(f"{HERE}/challenges/")
    for number in range(3):
        somebody.visits(f"{HERE}/challenges/")
        somebody.presses(somebody.page.locator("tbody a").nth(number))
    somebody.visits(f"{HERE}/pupils/")
    somebody.presses(somebody.page.locator("tbody a").first)
    somebody.presses("Something here is wrong")
    somebody.presses("Send it", status=422)
    somebody.visits(f"{HERE}/staff/")
    somebody.presses(somebody.page.locator("tbody a").first)
    somebody.presses("Something here is wrong")


def test_pages_of_the_register(browse: Browse) -> None:
    head = browse("head-beckside")
    for path in AT_SCHOOLS.values():
        head.visits(path)
    head.visits(f"{HERE}/register/add/")
    head.presses("Add to the register", status=422)
    head.types("Last day", "the last of August")
    head.presses("Add to the register", status=422)
    for what in ("Story", "Change", "Narrow", "Suspend", "Let go on", "Withdraw"):
        head.visits(f"{HERE}/register/")
        head.presses(head.page.get_by_role("link", name=what).first)


def test_pages_of_the_ledger(browse: Browse) -> None:
    head = browse("head-beckside")
    head.visits(f"{HERE}/ledger/?refused=yes&first=1/9/2025")
    head.visits(f"{HERE}/pupils/")
    head.presses(head.page.locator("tbody a").first)
    head.presses("Who opened it")
    head.visits(f"{HERE}/ledger/")
    head.presses(head.page.locator("tbody a").first)
    manager = browse("officer-information", on="edunet")
    for path in ("/ledger/", f"{HERE}/ledger/", "/break-glass/to-look-at/", "/unusual-patterns/"):
        manager.visits(path)
    manager.visits(f"{HERE}/unusual-patterns/")


def test_pages_of_officers_and_their_duties(browse: Browse) -> None:
    """R9: the information manager records, confirms and ends."""
    manager = browse("officer-information", on="edunet")
    manager.visits("/officers/add/")
    manager.presses("Record the officer", status=422)
    manager.visits("/officers/")
    manager.presses("Fiona Brearley")
    page = manager.path
    manager.presses("Record a duty")
    manager.presses("Record the duty", status=422)
    manager.visits(page)
    manager.presses("Authorise remote use through Citrix")
    manager.presses("Authorise", status=422)
    manager.visits(page)
    manager.presses("They are no officer any more")
    manager.presses("End it now", status=422)


def test_pages_of_a_headship(browse: Browse) -> None:
    head = browse("head-ravensgill")
    at_schools = f"/establishments/{RAVENSGILL}/register"
    head.visits(f"{at_schools}/headship/")
    head.presses("Cancel this handover")
    head.visits(f"{at_schools}/headship/name/")
    head.presses("Name the successor", status=422)
    browse("head-beckside").visits(f"{HERE}/register/headship/")
    deputy = browse("deputy-ravensgill")
    deputy.visits(f"{at_schools}/headship/")
    deputy.presses("Read what is offered to you")
    officer = browse("officer-no-duty", on="edunet")
    for path in ("/handovers/", f"/establishments/{RAVENSGILL}/headship/", f"{HERE}/headship/name/"):
        officer.visits(path)


def test_pages_of_third_parties(browse: Browse) -> None:
    head, page = browse("head-beckside"), f"{HERE}/register/third-parties/"
    head.visits(f"{page}add/")
    head.presses("Record the contract", status=422)
    for link in ("Record the safeguarding (DBS) check", "End the contract now", "Name a person"):
        head.visits(page)
        head.presses("Brightpath Reading, BR-14")
        head.presses(link)
    head.visits(page)
    head.presses(head.page.get_by_role("link", name="Record the certificate").first)


def test_pages_of_an_invitation(browse: Browse) -> None:
    """Open, with a password that is too short, expired, and of a link that never was."""
    newcomer = browse()
    for who, status in (("keith-lister", 410), ("nobody", 404), ("priya-nair", 200)):
        newcomer.visits(f"/invitation/demonstration-{who}/", status=status)
    newcomer.types("Choose a password", "short")
    newcomer.presses("Accept and sign in", status=422)


def test_pages_of_a_list_of_staff(browse: Browse) -> None:
    """A file that is none, one with refused lines, and one that asks to confirm."""
    head = browse("head-beckside")
    good = "name,email,role,level,basis\nAnn Lee,ann.lee@beckside.example,teacher,2,teaches\n"
    for content, status in (("no list", 422), (f"{good}=1,x@y.example,office,,\n", 200), (good, 200)):
        head.visits(f"{HERE}/register/staff/")
        file = {"name": "staff.csv", "mimeType": "text/csv", "buffer": content.encode()}
        head.page.set_input_files("input[type=file]", files=[file])
        head.presses("See what it would do", status=status)
    head.presses("Apply all of it", status=422)
    head.presses("Forget this list")


@pytest.mark.parametrize(
    ("slug", "site"), [("head-beckside", "schools_online"), ("officer-admissions", "edunet")], ids=["head", "officer"]
)
def test_pages_of_finding_a_child(browse: Browse, slug: str, site: str) -> None:
    """Nothing typed, a day that is none, a name that finds children, and one that finds nobody."""
    somebody = browse(slug, on=site)
    somebody.visits("/find/")
    somebody.presses("Find", status=422)
    somebody.types("Date of birth", "31/2/2016")
    somebody.presses("Find", status=422)
    for name in ("a", "xyzzy", "ah"):
        somebody.visits("/find/")
        somebody.types("Name, or part of it", name)
        somebody.presses("Find", status=422 if name == "a" else 200)
    somebody.presses(somebody.page.locator("tbody a").first)
    somebody.goes_back()
    assert somebody.heading == "Children found"


def test_columns_are_chosen_and_stay(browse: Browse) -> None:
    teacher = browse("teacher-beckside")
    teacher.visits(f"{HERE}/pupils/?sex=F")
    teacher.page.locator("summary", has_text="Choose columns").click()
    teacher.page.get_by_label("Ethnicity").last.check()
    teacher.presses("Remember these columns")
    assert teacher.page.url.endswith("?sex=F")
    assert teacher.page.get_by_role("columnheader", name="Ethnicity").is_visible()
    browse("teacher-beckside").visits(f"{HERE}/pupils/")


def test_leaving_a_register(browse: Browse) -> None:
    governor = browse("governor-millbeck")
    governor.presses("My access")
    governor.presses(governor.page.get_by_role("link", name="Leave"))


def test_pages_of_people_who_see_little(browse: Browse) -> None:
    for slug, site in (
        ("governor-beckside", "schools_online"),
        ("head-larkroyd", "schools_online"),
        ("superuser", "schools_online"),
        ("officer-no-duty", "edunet"),
    ):
        somebody = browse(slug, on=site)
        somebody.visits("/establishments/")
        if slug in ("governor-beckside", "officer-no-duty"):
            somebody.visits(f"{HERE}/pupils/", status=403)


def test_forms_with_errors(browse: Browse) -> None:
    stranger = browse()
    for path, button in (("/sign-in/", "Sign in"), ("/password/reset/", "Send me a link")):
        stranger.visits(path)
        stranger.presses(button)
        assert stranger.page.title().startswith("Error: ")
    head = browse("head-skelbrook")
    head.visits("/password/change/")
    head.presses("Save new password")
    assert head.page.title().startswith("Error: ")
    stranger.visits("/demo/sign-in/")
    stranger.page.locator("input[name=person]").first.evaluate("field => field.value = 'nobody'")
    stranger.presses(stranger.page.locator("main button").first, status=400)


def test_pages_when_something_goes_wrong(browse: Browse, sites: Demo) -> None:
    stranger = browse()
    # a form that has lost its token
    stranger.visits("/sign-in/")
    stranger.context.clear_cookies()
    stranger.presses("Sign in", status=403)
    assert stranger.heading == "Your page has expired"
    # a form with more fields than anybody fills in
    stranger.visits("/sign-in/")
    stranger.page.evaluate(TOO_MANY_FIELDS)
    stranger.presses("Sign in", status=400)
    assert stranger.heading == "There is a problem with the request"
    # a host that is no site, and the front door
    assert status_of(sites.port, "elsewhere.example", "/") == 400
    stranger.visits(f"http://localhost:{sites.port}/")
    stranger.visits(f"http://localhost:{sites.port}/nowhere/", status=404)
    # an error of the server, which nobody can bring about here
    page = Path(REPOSITORY, "templates/500.html").read_text()
    stranger.page.route("**/broken/", lambda route: route.fulfill(status=500, body=page, content_type="text/html"))
    stranger.visits("/broken/", status=500)


@pytest.mark.parametrize("site", ["schools_online", "edunet"])
def test_no_page_is_left_out(site: str) -> None:
    looked_at = (
        set(OPEN)
        | set(SIGNED_IN)
        | BY_A_LINK
        | OF_A_HEADSHIP
        | OF_A_TRANSFER
        | CONFIDENTIAL
        | WITH_A_SECOND_FACTOR
        | NO_PAGE_OF_ITS_OWN
    )
    if site == "schools_online":
        looked_at |= set(AT_SCHOOLS) | BY_A_LINK_AT_SCHOOLS | NO_PAGE_OF_ITS_OWN_AT_SCHOOLS | CONFIDENTIAL_AT_SCHOOLS
    else:
        looked_at |= BY_THE_INFORMATION_MANAGER
        looked_at |= set(SIGNED_IN_AT_EDUNET) | NO_PAGE_OF_ITS_OWN_AT_EDUNET | CONFIDENTIAL_AT_EDUNET
    assert set(names(get_resolver(f"portal.urls.{site}"))) == looked_at


def names(resolver: object) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        yield from names(pattern) if hasattr(pattern, "url_patterns") else [pattern.name]
