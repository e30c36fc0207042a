"""What pages say of the protocol is what it says, no less and no more (R20, R25, R26, R37, R41)."""

import re
from html import unescape
from pathlib import Path

import pytest

from sharing.authorise import Through
from sharing.models import Download
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, client, visitor
from tests.sign_in.ways import give_password, with_app

pytestmark = pytest.mark.django_db
HERE = "/establishments/999002/"
TEMPLATES = Path(__file__).parents[2] / "templates"


def _words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def _read(address: str, slug: str = "", site: Through = SCHOOLS_ONLINE) -> str:
    browser = client(slug, site) if slug else visitor()
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return _words(answer.content.decode())


def test_the_text_leaves_nothing_out_of_the_ban_the_exceptions_and_the_breach() -> None:
    """Paragraph 8(d) forbids more than to put others down (R20), 11 has commissioned analyses (R26), 17 refers."""
    text = _read("/protocol/")
    assert "(d) to promote one school or centre at the expense of another" in text
    assert "an analysis of its data alone that was made to measure, or that somebody ordered" in text
    assert "Whoever has signed up and breaks this protocol" in text
    assert "is referred to the Locality Achievement Partnership" in text


@pytest.mark.parametrize("address", ["/breaches/report/", "/guidance/about-the-protocol/"])
def test_a_breach_is_referred_and_not_where_somebody_thinks_fit(address: str) -> None:
    """R41: paragraph 17 says that it will be."""
    page = _read(address, "governor-beckside")
    assert re.search(r"is referred to the Locality Achievement Partnership[.,] ", page)  # whatever anybody thinks fit


def test_a_report_is_closed_only_where_nobody_broke_the_protocol() -> None:
    """R41: the list of cases says so, and so does the form (test_breach_desk)."""
    assert "Close a report only if it is not a breach" in _read("/breaches/", "officer-information", EDUNET)


def test_a_head_who_adds_somebody_from_outside_is_led_to_their_contract() -> None:
    """R25: else an adviser is added as staff, and bound by nothing."""
    page = client("head-beckside").get(f"{HERE}register/add/").content.decode()
    form = page[page.index("<main") :]
    assert f'href="{HERE}register/third-parties/"' in form[: form.index("<form")]


@pytest.mark.parametrize("address", ["", "1/add/"])
def test_a_head_knows_that_a_third_party_reads_the_figures_of_others(address: str) -> None:
    """R3, R24: access for one school's sake opens what the others share with it."""
    page = _read(f"{HERE}register/third-parties/{address}", "head-beckside")
    assert "read the figures that other establishments share with you" in page


def test_that_the_contract_itself_need_not_be_added_is_said() -> None:
    """R25."""
    assert "The signed contract (optional)" in _read(f"{HERE}register/third-parties/add/", "head-beckside")


def test_what_is_taken_away_goes_by_no_e_mail_on_either_page() -> None:
    """R15: guidance and the duties before a download say the same."""
    assert "Do not send the file by email" in _read("/guidance/keeping-data-safe/")
    assert "Do not send it by email" in _read(f"{HERE}downloads/pupils/new/", "teacher-beckside")


def test_who_has_lost_a_file_reports_it_where_its_destruction_is_asked_for() -> None:
    """R14, R41: else the only thing to say of it there is that it was destroyed."""
    asked = {"purpose": "meeting", "form": "paper", "knows_duties": "on"}
    browser = client("teacher-beckside")
    browser.post(f"{HERE}downloads/pupils/new/", asked)
    with as_batch():
        taken = Download.objects.latest("pk")
    page = browser.get(f"/my-downloads/{taken.pk}/").content.decode()
    asks = page[page.index("Say that you have destroyed it") :]
    assert "If it is lost" in asks[: asks.index("<form")]
    assert 'href="/breaches/report/"' in asks[: asks.index("<form")]


@pytest.mark.parametrize(
    ("address", "slug"),
    [
        ("/guidance/privacy/", ""),
        ("/guidance/keeping-data-safe/", ""),
        ("/guidance/asking-for-records/", ""),
        (f"{HERE}downloads/pupils/new/", "teacher-beckside"),
    ],
)
def test_the_data_protection_officer_can_be_reached(address: str, slug: str, settings) -> None:
    """P7: UK GDPR, Articles 13 and 37, ask for an address, and the pages that send people there have it."""
    settings.DATA_PROTECTION_EMAIL = "dpo@council.example"
    page = (client(slug) if slug else visitor()).get(address).content.decode()
    assert 'href="mailto:dpo@council.example"' in page
    settings.DATA_PROTECTION_EMAIL = ""
    assert "mailto:" not in (client(slug) if slug else visitor()).get(address).content.decode()


@pytest.mark.parametrize(
    "address", ["/guidance/accessibility/", "/guidance/your-access-register/", "/password/reset/", "/account/inactive/"]
)
def test_those_who_run_the_service_can_be_reached(address: str, settings) -> None:
    """R30, R37: by whom a page does not work for, and who cannot sign in at all."""
    settings.SERVICE_EMAIL = "service@council.example"
    assert 'href="mailto:service@council.example"' in visitor().get(address).content.decode()
    settings.SERVICE_EMAIL = ""
    assert "mailto:" not in visitor().get(address).content.decode()


def test_whoever_gives_no_code_reads_where_those_who_run_the_service_can_be_reached(settings) -> None:
    """R13: only they can take away a second factor that is lost, and whoever has lost it can open no page inside."""
    settings.SERVICE_EMAIL = "service@council.example"
    page = give_password(with_app("head-beckside")).get("/sign-in/code/").content.decode()
    assert 'href="mailto:service@council.example"' in page


def test_the_head_is_not_sent_to_the_head() -> None:
    """R35: about what only the Education Department can put right."""
    assert "If that is you, ask the Education Department of the Council." in _read("/my-access/", "head-beckside")
    for _ in range(6):
        locked = visitor().post("/sign-in/", {"login": "ruth.oldroyd@beckside.example", "password": "wrong"})
    assert "If you are the headteacher, tell the Education Department of the Council." in locked.content.decode()


def test_wherever_somebody_is_sent_to_those_who_run_the_service_the_page_says_where_they_are() -> None:
    """R30: such as after an upload that failed."""
    sends = re.compile(r"\b([Tt]ell|[Aa]sk) the people who run (this|the) service")
    assert [str(page) for page in TEMPLATES.rglob("*.html") if sends.search(page.read_text())] == []


def test_a_school_that_is_asked_for_a_childs_records_reads_what_to_do() -> None:
    """R18, R37: a parent asks at the school's office, where no page of the portal is open."""
    page = _read("/guidance/asking-for-records/")
    for words in ("one month", "15 school days", "Requests for a child’s own records", "Our data"):
        assert words in page


def test_the_privacy_page_tells_of_each_right_source_and_recipient() -> None:
    """P7, R25, R37: UK GDPR, Articles 13, 14 and 21(4). The rights to object, restrict and erase were not there, nor
    people under a contract, nor what is typed in by hand.
    """
    page = _read("/guidance/privacy/")
    for words in ("object", "limit its use", "delete", "from outside who works for the school under a contract",
                  "admissions team types"):  # fmt: skip
        assert words in page, words


def test_who_signs_in_and_who_has_left_read_whom_to_ask() -> None:
    """R18, R37: the law's month runs although the head no longer sees the child, and governors have rights too."""
    page = _read("/guidance/asking-for-records/")
    assert "If the child has left your school, pass the request on" in page
    assert "Governors, officers, people from outside" in page
    assert "If the child has left, pass the request on" in _read(f"{HERE}subject-access/record/", "head-beckside")
