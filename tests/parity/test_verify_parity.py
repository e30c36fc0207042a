"""R31, R40: `manage.py verify_parity` reads both sites side by side, finds what differs, and keeps the result."""

import random
import re
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import URLPattern, URLResolver, get_resolver
from weasyprint import HTML

from access_register.demo.cast import BY_SLUG
from portal.parity import comparing, scopes
from portal.parity.comparing import Both
from portal.parity.fetching import Answer, Reader
from portal.sites import EDUNET, SCHOOLS_ONLINE
from sharing import door
from sharing.authorise import NeedsSecondFactor
from sharing.models import LedgerEntry, ParityRun
from sharing.service.service_runs import last_comparison
from tests.people import as_batch, person
from tests.test_who_sees_what import NO_SHARED_DATA

pytestmark = pytest.mark.django_db
AT_SCHOOLS = ("governor-beckside", "head-ravensgill")
BECKSIDE = 999002
CHANGED_ON_THE_WAY = pytest.mark.xdist_group("parity")
_answers: dict[tuple[int, str, str], Answer] = {}


@pytest.fixture
def sent() -> Callable[[Reader, str], Answer]:
    """What both sites answer, read once for the tests that change an answer on its way and nothing that is stored."""
    read = Reader.get

    def answer(reader: Reader, path: str) -> Answer:
        key = (reader.person.pk, reader.site.slug, path)
        if key not in _answers:
            _answers[key] = read(reader, path)
        return _answers[key]

    return answer


@pytest.fixture(autouse=True)
def some_tables(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of open statistics the tables by sex and free school meals, save where the whole demonstration is compared."""
    if "whole" not in request.node.name:
        some = re.compile(comparing.TABLE.pattern.replace("[a-z0-9_-]+", "[a-z0-9_-]+_(?:sex|fsm)"))
        monkeypatch.setattr(comparing, "TABLE", some)


def run(*options: str, at_schools: tuple[str, ...] = AT_SCHOOLS, at_edunet: str = "officer-no-duty") -> str:
    said = StringIO()
    emails = [BY_SLUG[slug].email for slug in at_schools]
    call_command(
        "verify_parity", *options, "--seed", "31", "--schools-online", *emails,
        "--edunet", BY_SLUG[at_edunet].email, stdout=said,
    )  # fmt: skip
    return said.getvalue()


def both(draw: int = 31) -> Both:
    readers = [Reader(person(slug), SCHOOLS_ONLINE) for slug in AT_SCHOOLS]
    return Both(readers, Reader(person("officer-no-duty"), EDUNET), draw=random.Random(draw))


def test_the_whole_demonstration_is_the_same_on_both_sites() -> None:
    """R31, R40: every establishment of which both sites tell."""
    said = run("--all")
    assert "The same on both sites" in said
    kept = last_comparison()
    assert kept is not None
    assert kept.is_whole
    assert (kept.differences, kept.establishments) == (0, len(both().establishments()))
    assert kept.figures > 10_000
    assert kept.about.keys() == {
        scopes.CALENDAR, scopes.LIST, scopes.KEY_DATA, scopes.DEEPER, scopes.STATISTICS, "Page of an establishment",
        "Reports", "Dashboard", "School Finder",
    }  # fmt: skip


@CHANGED_ON_THE_WAY
@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (b"R1", b"R9", "Key Data"),  # another release
        (b"as of ", b"as of 1 ", "Key Data"),  # another day
        (b"Withheld", b"3", "Key Data"),  # not withheld
        (b"%</td>", b"5%</td>", "Key Data"),  # another figure
        (b"<td", b"<td", ""),  # the same
    ],
)
def test_what_differs_is_found(
    monkeypatch: pytest.MonkeyPatch, sent: Callable[[Reader, str], Answer], before: bytes, after: bytes, kind: str
) -> None:
    """A figure, a day, a mark of suppression or a release that is another one on EduNet."""

    def changed(self: Reader, path: str) -> Answer:
        answer = sent(self, path)
        if self.site == EDUNET and path.endswith("/key-data/"):
            assert before in answer.content
            return Answer(answer.status, answer.content.replace(before, after))
        return answer

    monkeypatch.setattr(Reader, "get", changed)
    found = both().compare([BECKSIDE])
    assert {difference.kind for difference in found.differences} == ({kind} if kind else set())


@CHANGED_ON_THE_WAY
def test_a_file_that_says_something_else_than_the_page_is_found(
    monkeypatch: pytest.MonkeyPatch, sent: Callable[[Reader, str], Answer]
) -> None:
    """R31: also where both sites agree with each other."""

    def changed(self: Reader, path: str) -> Answer:
        answer = sent(self, path)
        if path.endswith("/key-data/download/csv/"):
            return Answer(answer.status, answer.content.replace(b",R", b",R9"))
        return answer

    monkeypatch.setattr(Reader, "get", changed)
    assert {difference.kind for difference in both().compare([BECKSIDE]).differences} == {"Key Data"}


@CHANGED_ON_THE_WAY
def test_another_figure_in_open_statistics_is_found(
    monkeypatch: pytest.MonkeyPatch, sent: Callable[[Reader, str], Answer]
) -> None:
    """R31: in the list, a table's page or file, a file of several establishments, an establishment's own page."""
    at_schools = Reader(person(AT_SCHOOLS[0]), SCHOOLS_ONLINE)
    tables = sorted(comparing.TABLE.findall(at_schools.get("/statistics/").content.decode()))
    (_, left_out), (_, one) = [table for table in tables if not table[0]][:2]
    several = next(name for place, name in tables if place)
    other = {
        "/statistics/?": (f"/statistics/{left_out}/".encode(), b"/elsewhere/"),
        f"/statistics/{one}/?": (b"</td>", b"5</td>"),
        f"/statistics/{one}/download/csv/": (b"0\r\n", b"5\r\n"),
        f"/statistics/establishments/{several}/download/csv/": (b"0\r\n", b"5\r\n"),
        "/establishments/999002/statistics/": (b"</td>", b"5</td>"),
    }

    def changed(self: Reader, path: str) -> Answer:
        answer = sent(self, path)
        for start, (before, after) in other.items():
            if self.site == EDUNET and path.startswith(start):
                assert before in answer.content
                return Answer(answer.status, answer.content.replace(before, after))
        return answer

    monkeypatch.setattr(Reader, "get", changed)
    monkeypatch.setattr(comparing, "OF_EACH", [scope for scope in scopes.OF_EACH if scope.kind == scopes.STATISTICS])
    found = {difference.path for difference in both().compare([BECKSIDE]).differences}
    assert {start for start in other if any(path.startswith(start) for path in found)} == other.keys()
    assert all(any(path.startswith(start) for start in other) for path in found)


@CHANGED_ON_THE_WAY
def test_a_page_of_one_site_alone_is_a_difference(
    monkeypatch: pytest.MonkeyPatch, sent: Callable[[Reader, str], Answer]
) -> None:
    def refused(self: Reader, path: str) -> Answer:
        return Answer(404) if self.site == EDUNET and path.endswith("/key-data/") else sent(self, path)

    monkeypatch.setattr(Reader, "get", refused)
    assert [one.place for one in both().compare([BECKSIDE]).differences] == [("answer",)]


def test_the_command_fails_lists_what_differs_and_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = comparing.READ[scopes.Form.PAGE]
    monkeypatch.setitem(
        comparing.READ, scopes.Form.PAGE, lambda content: sent(content) | {("site",): str(b"site-edunet" in content)}
    )
    with pytest.raises(CommandError, match="Schools Online 'False', EduNet 'True'"):
        run("--sample", "1")
    assert ParityRun.objects.get().differences > 0


def test_who_reads_is_in_the_ledger_and_opens_no_child() -> None:
    """R13, R43: a head's account opens no pupil here, as nobody has given a second factor."""
    run("--sample", "2", at_schools=("head-beckside",))
    head = person("head-beckside")
    with as_batch():
        rows = LedgerEntry.objects.filter(person_name__endswith="(sites compared)")
        assert rows.filter(person_id=head.pk, action="show_key_data").exists()
        assert set(rows.values_list("permission", flat=True)) == {"view_establishment"}
        assert not rows.filter(outcome="refused").exists()
    with pytest.raises(NeedsSecondFactor):
        door.list_pupils(Reader(head, SCHOOLS_ONLINE).asker, BECKSIDE)
    assert Reader(head, SCHOOLS_ONLINE).get(f"/establishments/{BECKSIDE}/pupils/").status == 403


@pytest.mark.parametrize(
    ("at_schools", "at_edunet"),
    [("teacher-not-accepted", "officer-no-duty"), ("governor-beckside", "officer-not-accepted"),
     ("governor-beckside", "other-department"), ("governor-beckside", "head-beckside")],
)  # fmt: skip
def test_nobody_reads_who_may_not(at_schools: str, at_edunet: str) -> None:
    """R19, R38: an account that would be shown nothing proves nothing."""
    with pytest.raises(CommandError, match=r"has to accept the protocol|Nobody with that address"):
        run(at_schools=(at_schools,), at_edunet=at_edunet)


@pytest.mark.parametrize("slug", ["teacher-ended", "head-larkroyd"])
def test_who_shares_nothing_proves_nothing(slug: str) -> None:
    """R16: of an excluded establishment one is shown less, and rightly."""
    with pytest.raises(CommandError, match="takes part"):
        run(at_schools=(slug,))


# Addresses of both sites that say no figure of an establishment. Pupils and staff: tests/test_same_for_everyone.py.
NO_FIGURES = NO_SHARED_DATA | {
    "home", "find", "found", "pupils", "pupil", "pupil_columns", "staff", "member", "behind_bar", "all_signatories",
    "bring_in", "imports", "pupil_left", "signatories", "name_successor", "same_data", "my_access",
    "my_reports", "cancel_handover",
    "own_groups", "make_own_group", "own_group", "change_own_group", "own_group_members", "archive_own_group",
    "support", "prepare_answer", "session_purpose",
    "past_release",  # read as Key Data is; of which establishment, each reader chooses: test_release_pages
    # who looked, who may, and what was taken away; of a table that names establishments the file is compared
    "ledger", "ledger_seal", "ledger_heads", "named_table", "openings_here", "mark_opening", "who_may_see",
}  # fmt: skip
SUBJECTS_WITHOUT = (
    "import", "transfer", "misuse", "confidential", "challenge", "return", "finding", "data_quality", "headship",
    "consent", "leave", "download", "print", "report_misuse", "reports_progress", "ask_for_report", "breach", "unusual",
    "subject", "caseload", "participa", "suspension", "patterns",
)  # fmt: skip


def test_every_address_of_both_sites_is_compared_or_says_no_figure() -> None:
    """R31: a page that both sites get later has to be put into one of the two lists."""
    shared = _names(get_resolver("portal.urls.schools_online")) & _names(get_resolver("portal.urls.edunet"))
    left = shared - scopes.COMPARED - NO_FIGURES
    rest = {name for name in left if not any(part in name for part in SUBJECTS_WITHOUT)}
    assert not rest, f"{sorted(rest)}: without a figure, into NO_FIGURES above; with one, into portal/parity/scopes.py."
    assert shared >= scopes.COMPARED


def _names(resolver: URLResolver) -> set[str | None]:
    found: set[str | None] = set()
    for pattern in resolver.url_patterns:
        found |= {pattern.name} if isinstance(pattern, URLPattern) else _names(pattern)
    return found


def test_a_report_is_compared_as_a_file_and_by_what_it_says() -> None:
    """R31: where two files differ, the line of the page is said."""
    scope = next(one for one in scopes.OF_EACH if one.form == scopes.Form.PDF)
    here, there = (Answer(200, HTML(string=f"<p>Absence</p><p>{figure}%</p>").write_pdf()) for figure in ("4.5", "4.6"))
    assert not list(comparing._differences(scope, "/", here, here))
    said = [str(difference) for difference in comparing._differences(scope, "/", here, there)]
    assert len(said) == 2
    assert any("page 1" in one and "4.5%" in one and "4.6%" in one for one in said)
