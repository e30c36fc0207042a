"""Finding a child at all one's establishments (R5, R6, R13, R33, R35)."""

import logging
import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from access_register.levels import Level
from access_register.models import RegisterLine
from access_register.register import register
from access_register.register.register import Entry
from access_register.third_parties import third_parties
from sharing import door
from sharing.authorise import NeedsSecondFactor, NotAtYourLevel
from sharing.crypto import blind_index
from sharing.models import Child, LedgerEntry, Pupil, PupilListColumns
from sharing.pages.find import GONE
from sharing.pages.form_fields import AS_IT_IS
from sharing.records import PAGE_SIZE
from sharing.upn import make_upn
from tests import factories
from tests.locks.canaries import allowed, plant
from tests.locks.switches import door_off, rls_off
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client, looks_for, person

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL = 999002, 999003


def found(slug: str = "head-beckside", through=SCHOOLS_ONLINE, **search) -> set:
    page = door.find_children(asker(slug, through), search=door.Search(**search)).page
    assert page.total == len(page.rows) or page.total > PAGE_SIZE
    return {child.id for child in page}


def here(urn: int = BECKSIDE, **facts) -> Pupil:
    child = factories.pupil(urn, **facts)
    factories.enrolment(child, timezone.localdate())
    return child


def searched(browser: Client, **typed: str) -> str:
    """The address of what such a search finds."""
    return browser.post("/find/", typed)["location"]


PEOPLE = [
    ("head-beckside", SCHOOLS_ONLINE), ("teacher-two-schools", SCHOOLS_ONLINE), ("head-larkroyd", SCHOOLS_ONLINE),
    ("assistant-beckside", SCHOOLS_ONLINE), ("officer-admissions", EDUNET), ("officer-school-improvement", EDUNET),
]  # fmt: skip


@pytest.mark.parametrize("off", ["nothing", "the door", "row-level security"])
@pytest.mark.parametrize(("slug", "through"), PEOPLE)
def test_everybody_finds_their_own(slug: str, through, off: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """R5, R6: all of their establishments and no other, by either lock alone."""
    today = timezone.localdate()
    canaries = plant(today)
    pupils, _ = allowed(person(slug).pk, through, today)
    if off == "the door":
        door_off(monkeypatch)
    if off == "row-level security":
        rls_off()
    for search in ({"named": "canary"}, {"named": "kanery", "alike": True}, {"born_on": date(2015, 1, 1)}):
        ours = {canary.pupil_id for canary in canaries if canary.establishment_id in pupils}
        assert found(slug, through, **search) & {canary.pupil_id for canary in canaries} == ours
    for canary in canaries:
        by_upn = found(slug, through, upn_key=blind_index(f"Aa{canary.urn}"))
        assert by_upn == ({canary.pupil_id} & ours)


@pytest.mark.parametrize(
    ("slug", "through"),
    [
        ("governor-beckside", SCHOOLS_ONLINE),
        ("superuser", SCHOOLS_ONLINE),
        ("officer-data", SCHOOLS_ONLINE),
        ("officer-no-duty", EDUNET),
    ],
)
def test_who_sees_pupils_nowhere_finds_nobody(slug: str, through) -> None:
    """R33: 403, and the refusal is in the ledger."""
    with pytest.raises(NotAtYourLevel):
        found(slug, through, named="a canary")
    assert client(slug, through).get("/find/").status_code == 403
    with as_batch():
        assert LedgerEntry.objects.latest("id").outcome == "refused"


def test_a_password_alone_finds_nobody() -> None:
    """R13."""
    head = replace(asker("head-beckside"), second_factor=False)
    for look in (lambda: door.may_find(head), lambda: door.find_children(head, search=door.Search(named="a"))):
        with pytest.raises(NeedsSecondFactor):
            look()


def test_a_narrowed_line_finds_its_year_groups() -> None:
    """R35, A5."""
    young, old = here(surname="Zzyoung", year_group="1"), here(surname="Zzold", year_group="5")
    assert found("assistant-beckside", named="zz") == {young.pk}
    assert found(named="zz") == {young.pk, old.pk}


@pytest.mark.parametrize("typed", ["{0:%-d/%-m/%Y}", " {0:%d.%m.%y} ", "{0:%-d %B %Y}"])
def test_a_date_of_birth_in_the_field_for_a_name_is_looked_for(typed: str) -> None:
    """R13, R30: the home page has that field alone, and the day is in no address either."""
    day = date(2017, 5, 21)
    child, other = here(surname="Zzborn", born_on=day), here(surname="Zzlater", born_on=day + timedelta(days=1))
    answer = client("head-beckside").post("/find/", {"named": typed.format(day)}, follow=True)
    assert [re.sub("=.+", "=", url) for url, _ in answer.redirect_chain] == ["/find/found/?searched="]
    assert "You looked for the date of birth 21 May 2017" in answer.text
    assert (f"/pupils/{child.pk}/" in answer.text, f"/pupils/{other.pk}/" in answer.text) == (True, False)


def test_only_the_children_of_today() -> None:
    """R5: the day after the last, and the day before the first."""
    today = timezone.localdate()
    gone, coming = factories.pupil(BECKSIDE, surname="Zzgone"), factories.pupil(BECKSIDE, surname="Zzcoming")
    factories.enrolment(gone, today - timedelta(days=30), today - timedelta(days=1))
    factories.enrolment(coming, today + timedelta(days=1))
    last = factories.pupil(BECKSIDE, surname="Zzlast")
    factories.enrolment(last, today - timedelta(days=30), today)
    assert found(named="zz") == {last.pk}


def test_any_word_of_a_name() -> None:
    """Part of a name, in any order, without accents, capitals, apostrophes; two letters begin a name."""
    child = here(surname="Příhoda-O'Neil", forename="Zoë", middle_names="Marie Claire", preferred_surname="Xyst")
    for typed in ("prihoda", "ODA oneil", "zoe xyst", "claire ZOE", "  hoda  ", "zo", "prihoda-o'neil"):
        assert child.pk in found(named=typed), typed
    for typed in ("hod zoltan", "100%", "_", "%", "\\", "od'"):
        assert child.pk not in found(named=typed), typed
    assert found(named="") == found(named=" - ") == set()


@pytest.mark.parametrize(
    "written", ["O`Brien", "O´Brien", "O\u2019Brien", "O\u200bBrien", "O\u00adBrien", "\ufeffO'Brien"]
)
def test_what_looks_the_same_is_the_same_name(written: str) -> None:
    """Either way round: a school's system kept a letter that nobody sees or types, or a person typed it."""
    child, other = here(surname=written, forename="Zzyzx"), here(surname="O'Brien", forename="Zzyzx")
    for typed in ("O'Brien zzyzx", f"{written} zzyzx"):
        assert found(named=typed) == {child.pk, other.pk}


@pytest.mark.parametrize("typed", ["Zzhughes, Gwen", "gwen,zzhughes", "Zzhughes ,Gwen"])
def test_a_name_is_found_as_lists_write_it(typed: str) -> None:
    """Every list here says “Surname, Forename”: who copies that finds the child, everywhere and in a school's list."""
    child = here(surname="Zzhughes", forename="Gwen")
    assert found(named=typed) == {child.pk}
    head = client("head-beckside")
    assert "Zzhughes, Gwen" in head.post("/find/", {"named": typed}, follow=True).text
    listed = looks_for(head, f"/establishments/{BECKSIDE}/pupils/?named={typed}").text
    assert f"/pupils/{child.pk}/" in listed


def test_a_surname_of_one_letter_is_looked_for() -> None:
    """As in Chinese; of the beginning of a name, as two letters are."""
    child, other = here(surname="李", forename="小龙"), here(surname="王", forename="桃李")
    answer = client("head-beckside").post("/find/", {"named": "李"}, follow=True).content.decode()
    assert f"/pupils/{child.pk}/" in answer
    assert f"/pupils/{other.pk}/" not in answer


@pytest.mark.parametrize(
    ("written", "heard"),
    [
        ("Mohammed", "Muhammad"), ("Hussain", "Hussein"), ("Ayesha", "Aisha"), ("Khan", "Kahn"), ("Zaynab", "Zeinab"),
        ("Chaudhry", "Chowdhury"), ("Shaikh", "Sheikh"), ("Kathryn", "Catherine"), ("Steven", "Stephen"),
        ("Łukasz", "Lukas"), ("Horváth", "Horvat"), ("Wajid", "Vajid"), ("O'Connor", "Okonner"),
        ("Anne-Marie", "Ann Mary"),
    ],
)  # fmt: skip
def test_a_name_is_found_as_it_sounds(written: str, heard: str) -> None:
    """Somebody rings up about a child: how the name is written is known to the register alone."""
    child, other = here(surname=written, forename="Quentin"), here(surname="Quigley", forename="Quentin")
    page = client("head-beckside").post("/find/", {"named": f"kwentin, {heard}"}, follow=True).text
    assert "No child you may see today matches what you typed." in page
    assert (f"/pupils/{child.pk}/" in page, f"/pupils/{other.pk}/" in page) == (True, False)


def test_names_that_sound_alike_are_offered_beside_the_one_typed() -> None:
    """R5: the closest spelling first; of those who may be seen, and of the day of birth where one was typed."""
    day = date(2017, 5, 21)
    spelled, closer, close = (
        here(surname=surname, forename="Xanthe", born_on=day).pk for surname in ("Philpot", "Phillpot", "Filpott")
    )
    here(surname="Phillpott", forename="Xanthe", born_on=day + timedelta(days=1))
    browser = client("head-beckside")
    first = browser.post("/find/", {"named": "xanthe philpot", "born_on": f"{day:%d/%m/%Y}"}, follow=True)
    assert [child.id for child in first.context["found"].page] == [spelled]
    offered = re.search(r'href="(\?searched=[^"]+alike=yes)">See names that sound like this one', first.text)
    assert offered
    page = browser.get(f"/find/found/{unescape(offered[1])}")
    assert [child.id for child in page.context["found"].page] == [spelled, closer, close]
    assert "the closest spelling first" in page.text
    none = browser.get(f"{searched(browser, named='philpo')}&alike=yes")
    assert "No child you may see today matches by the sound of the whole name." in none.text


def test_nobody_is_told_that_a_name_is_not_there_where_only_the_day_of_birth_differs() -> None:
    """R5: whoever mistypes the day would take the child for unknown."""
    day, browser = date(2017, 5, 21), client("head-beckside")
    here(surname="Zzphilpot", born_on=day)
    here(surname="Zzfilpott", born_on=day + timedelta(days=1))
    told = {1: "No child you may see today matches what you typed. These names", 2: "matches, even by the sound"}
    for later, words in told.items():
        typed = {"named": "zzphilpot", "born_on": f"{day + timedelta(days=later):%d/%m/%Y}"}
        address = searched(browser, **typed)
        assert words in browser.get(address).text
    assert "matches by the sound of the whole name." in browser.get(f"{address}&alike=yes").text


def test_names_that_sound_alike_come_in_pages() -> None:
    for number in range(51):
        here(surname="Zzphilip", forename="Abcdefghijklmnopqrstuvwxyz"[number % 26] * 2)
    browser = client("head-beckside")
    address = searched(browser, named="zzfillip")
    assert browser.get(f"{address}&page=2").context["found"].page.total == 51
    asked = browser.get(f"{address}&alike=yes")
    following = re.search(r'href="(\?[^"]+)" rel="next"', asked.text)
    assert following
    second = browser.get(f"/find/found/{unescape(following[1])}")
    seen = [child.id for page in (asked, second) for child in page.context["found"].page]
    assert len(set(seen)) == len(seen) == 51


def test_a_upn_or_a_birthday_has_no_sound() -> None:
    browser, upn = client("head-beckside"), make_upn(380, 2999, 2026, 4)
    here(surname="Zzphilip")
    for typed in ({"upn": upn, "named": "zzfillip"}, {"born_on": "1/1/1931"}):
        address = searched(browser, **typed)
        assert browser.get(address).context["found"].page.total == 0
        assert browser.get(f"{address}&alike=yes").context["found"].page.total == 0


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        ("w kahn", True),
        ("kahn W.", True),
        ("b kahn", False),
        ("w", False),
        ("mohd kahn", True),
        ("Mohd.", True),
        ("mud", False),
    ],
)
def test_an_initial_and_mohd_are_understood_beside_a_name_that_was_heard(typed: str, is_found: bool) -> None:
    """R5: “w khan” found nobody by the sound, as one letter has none, and Mohd is how Mohammed is written for short."""
    child = here(surname="Khan", forename="Waseem", middle_names="Mohammed")
    assert (child.pk in found(named=typed, alike=True)) == is_found


@pytest.mark.parametrize("typed", ["محمد", "李", "'", "李 Quentin", "12 %", "- -"])
def test_what_has_no_sound_finds_nobody_by_it(typed: str) -> None:
    here(surname="محمد", forename="李", middle_names="Quentin")
    assert found(named=typed, alike=True) == set()


@example("'); --")
@example("%L $1 $find$")
@given(st.text(max_size=40).filter(lambda text: "\0" not in text))
def test_whatever_is_typed_finds_ones_own(typed: str) -> None:
    """R6: also what means something to a database."""
    with as_batch():
        own = set(Pupil.objects.filter(establishment__urn=BECKSIDE).values_list("pk", flat=True))
    assert found(named=typed, alike=True) <= own


def test_links_to_children_of_one_name_say_which_child() -> None:
    """WCAG 2.4.9: in a list of links both were the same. A name that is there once stands alone."""
    for born_on in (date(2015, 5, 4), date(2016, 5, 4)):
        here(surname="Zznamesake", forename="Ana", born_on=born_on)
    here(surname="Zznamesake", forename="Bo")
    browser = client("head-beckside")
    lists = (
        browser.get(searched(browser, named="zznamesake")).text,
        looks_for(browser, f"/establishments/{BECKSIDE}/pupils/?named=zznamesake").text,
    )
    for page in lists:
        links = re.findall(r'<a class="govuk-link" href="[^"]*">(Zznamesake, .*?)</a>', page)
        assert len(links) == len(set(links)) == 3
        assert "Zznamesake, Bo" in links
    assert 'Zznamesake, Ana<span class="govuk-visually-hidden">, 4 May 2015, Beckside Primary School</span>' in lists[0]


def test_a_list_without_columns_says_nothing_more_of_children_of_one_name() -> None:
    """R33: a screen reader said “comma” after each of them."""
    for _ in range(2):
        here(surname="Zznamesake", forename="Ana")
    browser = client("head-beckside")
    with as_batch():
        PupilListColumns.objects.create(person_id=person("head-beckside").pk, columns=[])
    page = looks_for(browser, f"/establishments/{BECKSIDE}/pupils/?named=zznamesake").text
    assert page.count("Zznamesake, Ana</a>") == 2


def test_a_upn_finds_each_of_a_childs_records() -> None:
    """The number itself, a former one, and one of another identity that was merged into the child's."""
    child, upn = here(surname="Zznumbered"), make_upn(380, 2901, 2020, 901)
    former = here(surname="Zzformer", former_upn_index=blind_index(upn))
    with as_batch():
        Child.objects.create(upn_index=blind_index(upn), same_as_id=child.child_id)
    assert found(upn_key=blind_index(upn)) == {child.pk, former.pk}
    assert found(upn_key=child.upn_index) == {child.pk}
    assert found(upn_key=child.upn_index, named="somebody else") == set()


def test_what_is_typed_stays_out_of_addresses_titles_and_logs(caplog: pytest.LogCaptureFixture) -> None:
    """R13: nor is the UPN in the session."""
    upn = make_upn(380, 2901, 2020, 902)
    child = here(surname="Zzquiet", upn_index=blind_index(upn))
    browser = client("head-beckside")
    by_name_field = browser.post("/find/", {"named": f" {upn.lower()}"}, follow=True)
    assert f"/pupils/{child.pk}/" in by_name_field.text
    assert upn not in by_name_field.text.upper()
    with caplog.at_level(logging.DEBUG):
        answer = browser.post("/find/", {"upn": f" {upn.lower()} ", "named": "zzquiet"}, follow=True)
    assert [re.sub("=.+", "=", url) for url, _ in answer.redirect_chain] == ["/find/found/?searched="]
    page = answer.content.decode()
    assert f"/pupils/{child.pk}/" in page
    assert upn not in page
    assert "zzquiet" not in page.partition("</title>")[0].lower()
    assert upn not in caplog.text
    assert upn not in str(dict(browser.session))
    with as_batch():
        row = LedgerEntry.objects.latest("id")
    assert (row.action, row.about) == ("find_children", {"pupils": [str(child.pk)], "of": 1})


@pytest.mark.parametrize(
    "path", ["/", "/find/", f"/establishments/{BECKSIDE}/pupils/", f"/establishments/{BECKSIDE}/staff/",
             f"/establishments/{BECKSIDE}/register/", f"/establishments/{BECKSIDE}/register/add/"]
)  # fmt: skip
def test_no_spelling_checker_and_no_phone_has_a_say_in_a_name(path: str) -> None:
    """R13: some checkers send away what they check. A phone that knows better makes Said of Zaid."""
    fields = re.findall(r'<input[^>]* name="(?:named|name|upn)"[^>]*>', client("head-beckside").get(path).text)
    assert fields
    for field in fields:
        assert all(f'{say}="{what}"' in field for say, what in AS_IT_IS.items()), field


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({}, "Type a name, a UPN or a date of birth."),
        ({"named": "a"}, "Type at least 2 letters of a name."),
        ({"named": "a b"}, "Type at least 2 letters of a name."),
        ({"named": ",,"}, "Type at least 2 letters of a name."),
        ({"named": "a,b"}, "Type at least 2 letters of a name."),
        ({"born_on": "31/2/2016"}, "Enter the date of birth as day, month and year"),
        ({"upn": "A12"}, "A UPN has 13 characters, but this has 3."),
        ({"named": "A12"}, "A name has no digits. A UPN has 13 characters, but this has 3."),
        ({"named": "1/9/2016", "born_on": "2/9/2016"}, "Enter the date of birth once."),
    ],
)
def test_a_search_that_cannot_be_made_is_answered_in_words(typed: dict[str, str], told: str) -> None:
    answer = client("head-beckside").post("/find/", typed)
    assert answer.status_code == 422
    assert told in answer.content.decode().replace("&#x27;", "'")


def test_a_child_born_today_can_be_looked_for() -> None:
    today = timezone.localdate()
    for day, status in ((today, 302), (today + timedelta(days=1), 422)):
        assert client("head-beckside").post("/find/", {"born_on": f"{day:%d/%m/%Y}"}).status_code == status


def test_results_come_in_pages_and_without_a_search_one_is_asked_for() -> None:
    for number in range(53):
        here(surname=f"Zz{number:03}")
    browser = client("head-beckside")
    assert browser.get("/find/found/")["location"] == "/find/"
    address = searched(browser, named="zz")
    answer = browser.get(f"{address}&page=2")
    second = answer.context["found"].page
    assert (second.number, second.total, len(second.rows)) == (2, 53, 3)
    assert "<title>Children found (page 2 of 2) – " in answer.text  # WCAG 2.4.2
    assert browser.get(f"{address}&page=99").context["found"].page.number == 1


@pytest.mark.parametrize(
    ("slug", "through", "offered"),
    [
        ("head-beckside", SCHOOLS_ONLINE, True),
        ("governor-beckside", SCHOOLS_ONLINE, False),
        ("officer-admissions", EDUNET, True),
        ("officer-no-duty", EDUNET, False),
    ],
)
def test_a_child_is_looked_for_from_home(slug: str, through, offered: bool) -> None:
    """R33: by who sees pupils somewhere. What cannot be looked for is asked again, and what was typed is kept."""
    there = client(slug, through)
    assert ('id="child"' in there.get("/").text) is offered
    if offered:
        again = there.post("/find/", {"named": "e"})
        assert (again.status_code, 'value="e"' in again.text) == (422, True)
        assert searched(there, named="anwar").startswith("/find/found/?searched=")


def test_each_tab_has_what_was_searched_for_in_it() -> None:
    """R30: the other tab, and the page behind the back button, do not turn into the newest search."""
    children = {name: here(surname=name).pk for name in ("Zzfirst", "Zzother")}
    browser = client("head-beckside")
    tabs = {name: searched(browser, named=name) for name in children}
    for name, child in children.items():
        assert [row.id for row in browser.get(tabs[name]).context["found"].page] == [child]
    assert searched(browser, named="Zzfirst") == tabs["Zzfirst"]


def test_a_search_that_is_no_longer_kept_is_asked_for_again() -> None:
    """R30: of somebody else's address, or of a session that has ended."""
    address = searched(client("head-beckside"), named="zz")
    assert GONE in client("deputy-beckside").get(address, follow=True).text


def test_a_search_counts_no_child_of_a_third_partys_other_sponsor() -> None:
    """R6, R24: at Level 2 of both, nobody is found there, and the number of those found does not tell of them."""
    slug, head = "third-party-two-sponsors", asker("head-ravensgill")
    with as_batch():
        line = RegisterLine.objects.get(person=person(slug), establishment__urn=RAVENSGILL)
    third_parties.record_dbs(head, RAVENSGILL, line.contract_id, on=timezone.localdate())
    entry = Entry(Level.TWO, "third_party", "heads_reason", "Assesses children", confirmed=True)
    register.change_access(head, RAVENSGILL, line.pk, entry=entry)
    child = here(RAVENSGILL, surname="Overthere", born_on=date(2017, 3, 9), upn_index="there")
    for search in (
        {"named": "Overthere"}, {"named": "Ovirtheer"}, {"born_on": child.born_on, "named": "Overthere"},
        {"upn_key": "there"},
    ):  # fmt: skip
        for chosen, number in ((BECKSIDE, 0), (RAVENSGILL, 1)):
            acting = replace(asker(slug), acting_for=str(chosen))
            page = door.find_children(acting, search=door.Search(**search)).page
            assert (page.total, len(page.rows)) == (number, number), (search, chosen)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"named": "Zzyzxnobody"}, "or try a shorter part of the name"),
        ({"upn": make_upn(380, 2999, 2026, 3)}, "Check what you typed, or search by name"),
        ({"born_on": "1/1/1931"}, "Check what you typed, or search by name"),
    ],
)
def test_nobody_found_says_what_to_look_at(typed: dict[str, str], told: str) -> None:
    """A UPN has no spelling. On EduNet the way leads to children whom no search finds, and last to the glass."""
    for browser, leads_on in ((client("head-beckside"), False), (client("officer-admissions", EDUNET), True)):
        page = browser.post("/find/", typed, follow=True).text
        assert told in page
        for elsewhere in ("/caseload/", "/transfers/", "/children-missing/"):
            assert (f'href="{elsewhere}"' in page) is leads_on
        assert ('href="/break-glass/"' in page) is leads_on
