"""One child's page: every section with its source, and those withheld not there at all (R5, R6, R13, R33, R35)."""

from dataclasses import fields
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django.utils.html import escape

from portal.templatetags.telephones import dialled
from sharing import codes, door
from sharing.authorise import Withheld
from sharing.authorise.holdings import Holdings
from sharing.days import day_in_words
from sharing.door.pupil_page import told
from sharing.downloads.pupil_record import sheets_of
from sharing.imports.staging import FACTS
from sharing.models import Enrolment, Establishment, Pupil, PupilNeeds
from sharing.records.pupils import Opened, PupilPage, PupilRecord
from sharing.school_year import academic_year
from tests import factories
from tests.access_register.test_narrowing import narrow
from tests.locks.switches import door_off, rls_off
from tests.people import as_batch, asker, client
from tests.sharing.moves import agreed

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL, HEAD, TEACHER = 999002, 999003, "head-beckside", "teacher-beckside"
# What the page says of each kind of data, for which it must be looked for in the page and in the record.
MARKS = {
    "sen": ("Hearing impairment", "Special educational needs</h2>"),
    "attendance": ("1234", "Illness", "Attendance</h2>"),
    "attainment": ("Greek", "EXS", "Attainment</h2>"),
    "suspensions": ("Bullying", "Suspensions and exclusions</h2>"),
    "contact": ("1 Quiet Lane", "Mother of Mark", "07700 900123", "Contact details</h2>"),
}
SECTION = {"sen": "needs", "contact": "contacts"}


def test_a_section_names_its_newest_source() -> None:
    """R13, R33: not one without a name, and where only the source is known, no day."""
    old, new = (SimpleNamespace(source=f"Census {day}", as_of=date(2026, day, 1)) for day in (1, 5))
    unnamed = SimpleNamespace(source="", as_of=date(2026, 9, 1))
    undated = SimpleNamespace(source="CTF", as_of=None)
    assert told([undated, old, new, unnamed]) == {"source": "Census 5", "as_of": date(2026, 5, 1)}
    assert told([undated, unnamed]) == {"source": "CTF", "as_of": None}
    assert told([unnamed]) == {"source": "", "as_of": None}


@pytest.mark.parametrize("which", ["in_sen_unit", "in_resourced_provision"])
def test_a_unit_and_resourced_provision_are_told_apart(which: str) -> None:
    """R33."""
    child = factories.pupil(BECKSIDE)
    factories.enrolment(child, timezone.localdate())
    with as_batch():
        PupilNeeds.objects.create(pupil=child, establishment=child.establishment, sen_provision="K", **{which: True})
    needs = door.show_pupil(asker(HEAD), BECKSIDE, child.pk).needs
    assert needs
    assert (needs.in_sen_unit, needs.in_resourced_provision) == (which == "in_sen_unit", which != "in_sen_unit")


def marked() -> Pupil:
    """A child with a row of every kind."""
    today = timezone.localdate()
    child = factories.pupil(BECKSIDE, surname="Marked", year_group="4", young_carer="S", post_looked_after="A")
    factories.enrolment(
        child,
        today - timedelta(days=400),
        today - timedelta(days=200),
        destination="Elsewhere Academy",
        leaving_reason="NT",
    )
    factories.enrolment(child, today - timedelta(days=100))
    factories.needs(child, "E", "HI", "SLCN")
    factories.meals(child, date(2023, 9, 4), date(2024, 3, 1))
    year = academic_year(today) - 1
    factories.attendance(child, 1234, 124, year, 1, by_code={"I": 100, "/": 1000})
    factories.attendance(child, 100, 5, year - 1, 2, by_code={"I": 5})
    factories.attendance(child, 999, 1, year - 5, 2)
    factories.result(child, "K2", "Greek", "EXS", status="P")
    factories.suspension(child, today - timedelta(days=50), reasons=["BU"])
    factories.address(child, "1 Quiet Lane\nBradford\nBD1 1AA")
    factories.contact(child, "Mother of Mark")
    factories.change(child, "surname", "results", "needs")
    return child


def shown(slug: str, child: Pupil) -> tuple[PupilPage, str]:
    page = client(slug).get(f"/establishments/{BECKSIDE}/pupils/{child.pk}/")
    return page.context["found"], page.content.decode()


def test_the_whole_record_with_its_sources() -> None:
    """Without narrowing everything is there, from which source and as of when."""
    child = marked()
    found, text = shown(HEAD, child)
    assert all(mark in text for marks in MARKS.values() for mark in marks)
    for section in ("needs", "attendance", "attainment", "suspensions", "contacts", "meals"):
        told = getattr(found, section)
        assert (told.source, told.as_of) == ("Test", timezone.localdate())
    assert "Went on to Elsewhere Academy<br>Reason for leaving: Moved to another school at the usual time" in text
    assert "Identified as a young carer by school" in text
    assert "From 4 September 2023 to 1 March 2024" in text
    assert "surname, attainment, special educational needs" in text


def test_no_fact_of_the_record_is_left_out() -> None:
    """R5, R14: each that a file may tell is on the page and in the file of it."""
    missing = set(FACTS) - {field.name for field in fields(PupilRecord)}
    assert not missing, f"PupilRecord, read by `_record` in sharing/door/pupil_page.py: {sorted(missing)}."
    told = {name: list(labels)[-1] for name, labels in codes.OF_A_RECORD.items()}
    child = factories.pupil(BECKSIDE, **told)
    factories.enrolment(child, timezone.localdate() - timedelta(days=100))
    found, text = shown(HEAD, child)
    in_file = {value for _, value in sheets_of(found)[0].rows}
    for name in told:
        words = getattr(found.pupil, name)
        assert escape(words) in text, f"templates/pupils/page.html says nothing of {name}."
        assert words in in_file, f"`_record` in sharing/downloads/pupil_record.py says nothing of {name}."


def test_a_file_says_it_in_the_words_of_the_page() -> None:
    """R6, R31: reasons for absence, who is persistently absent, the source of each section, and "Not recorded"."""
    child, today = marked(), timezone.localdate()
    factories.attendance(child, None, None, academic_year(today), 1)
    factories.suspension(child, today - timedelta(days=60), sessions=None)
    found, text = shown(HEAD, child)
    sheets = {sheet.title: sheet.rows for sheet in sheets_of(found)}
    assert ("Illness", 100, 5) in sheets["Sessions missed, by reason"]
    assert [row[1:6] for row in sheets["Attendance"]] == [
        (*["Not recorded"] * 4, ""),
        (1234, 124, "Not recorded", "90.0%", "Missed 10% or more"),
        (100, 5, "Not recorded", "95.0%", ""),
    ]
    assert "Persistently absent: missed 10% or more" in text
    assert "Not recorded" in {row[2] for row in sheets["Suspensions and exclusions"]}
    facts = dict(sheets["Record"])
    assert facts["Ethnicity"] == "Not recorded"
    for section in ("special educational needs", "contact details", "attendance", "attainment", "suspensions"):
        assert facts[f"Source of {section}"] == f"Test, as of {day_in_words(today)}"
    assert "Coming on" not in facts
    assert "Has left" not in facts


def test_a_file_says_who_is_only_coming_and_who_has_left() -> None:
    """R5, R8: as the page, of which the reader of the file knows nothing."""
    transfer, today = agreed(expected=0), timezone.localdate()
    coming = door.show_pupil(asker("head-ravensgill"), RAVENSGILL, transfer.pupil_id)
    assert dict(sheets_of(coming)[0].rows)["Coming on"] == transfer.expected_on
    door.say_arrived(asker("head-ravensgill"), RAVENSGILL, transfer.pk, on=today, kind="C")
    with as_batch():
        Enrolment.objects.filter(pupil=transfer.leaving_id).update(ends_on=today - timedelta(days=1))
    left = door.show_pupil(asker(HEAD), BECKSIDE, transfer.leaving_id)
    assert left.pupil.has_left
    assert "transfer file" in str(dict(sheets_of(left)[0].rows)["Has left"])


def test_a_school_before_this_one_is_named() -> None:
    """R5: whose count or result it is, by the name that the store knows, otherwise by the number."""
    child, year = marked(), academic_year(timezone.localdate())
    before, stranger = factories.establishment(RAVENSGILL), "9994321"
    of_before = f"{before.la_code}{before.establishment_number:04}"
    with as_batch():
        Establishment.objects.create(
            urn=1, name="Closed Long Ago", la_code=before.la_code, establishment_number=before.establishment_number,
            source="Test", as_of=timezone.localdate(),
        )  # fmt: skip
    for number in (of_before, stranger):
        factories.attendance(child, 100, 1, year, 1, dfe_number=number)
        factories.result(child, "FS", number, "2", academic_year=2021, dfe_number=number)
    found, text = shown(HEAD, child)
    assert text.count("(at Ravensgill Primary School") == text.count(f"(at school {stranger}") == 2
    assert "Closed Long Ago" not in text
    assert f"(at school {of_before}" not in text
    files = {sheet.title: sheet.rows for sheet in sheets_of(found)}
    for title in ("Attendance", "Attainment"):
        assert {row[-1] for row in files[title]} == {"", "Ravensgill Primary School", f"school {stranger}"}


def test_attendance_of_three_years_by_term_and_reason() -> None:
    """Shown by term with the same figures in the chart; a tenth missed is persistent; older years are left out."""
    found, text = shown(HEAD, marked())
    attendance = found.attendance
    assert [(row.possible, row.attended, row.persistent) for row in attendance.terms] == [
        (1234, "90.0", True),
        (100, "95.0", False),
    ]
    assert [bar.value for bar in attendance.chart.bars] == ["90.0", "95.0"]
    assert attendance.reasons == (("Illness", (100, 5)),)
    assert "<svg" in text
    assert "style=" not in text.partition("<svg")[2].partition("</svg>")[0]


def test_no_kind_that_may_be_withheld_is_untried() -> None:
    assert set(MARKS) == set(Withheld), "In MARKS, what the page says of each kind, and a row of it in `marked`."


@pytest.mark.parametrize("off", ["nothing", "the door", "row-level security"])
@pytest.mark.parametrize("kind", MARKS)
def test_a_withheld_section_is_not_there(kind: str, off: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """R35: no heading, no value, nothing in the record; all the others are; each lock alone keeps the values."""
    child = marked()
    narrow(withheld=(kind,))
    if off == "the door":
        door_off(monkeypatch)
    if off == "row-level security":
        rls_off()
    found, text = shown(TEACHER, child)
    values = [mark for mark in MARKS[kind] if not mark.endswith("</h2>")]
    in_file = str([sheet.rows for sheet in sheets_of(found)])
    assert not any(mark in text or mark in in_file for mark in values)
    others = [mark for other, marks in MARKS.items() if other != kind for mark in marks]
    assert all(mark in text for mark in others)
    if off != "the door":
        assert MARKS[kind][-1] not in text
        assert getattr(found, SECTION.get(kind, kind)) is None
        assert "Your access here is narrowed: without" in text


def test_that_something_withheld_was_changed_is_not_told() -> None:
    """R35: that attainment changed tells that there is some."""
    child = marked()
    narrow(withheld=("attainment", "sen"))
    found, _ = shown(TEACHER, child)
    assert [change.facts for change in found.changes] == ["surname"]


def test_a_child_who_is_only_coming() -> None:
    today = timezone.localdate()
    child = factories.pupil(BECKSIDE)
    factories.transfer(child, today - timedelta(days=1), today + timedelta(days=20))
    found, text = shown(HEAD, child)
    assert found.pupil.is_only_coming
    assert "Until the child arrives, you see what the school before, or Admissions, has passed on." in text
    assert "Until the child arrives" not in shown(HEAD, marked())[1]


def test_how_often_the_record_was_opened() -> None:
    """Counted from the ledger: times and people, before this time."""
    child = marked()
    assert shown(HEAD, child)[0].opened == door_opened(0, 0)
    shown(HEAD, child)
    shown(TEACHER, child)
    found, text = shown(HEAD, child)
    assert found.opened == door_opened(3, 2)
    assert "In the last 12 months 2 people opened this record, 3 times in all." in text


def door_opened(times: int, people: int):
    return Opened(times, people)


def test_openings_are_counted_for_those_who_see_the_child() -> None:
    """R6: a stranger, and somebody of other year groups, learn of no opening."""
    child = marked()
    shown(HEAD, child)
    for slug, times in ((HEAD, 1), ("assistant-beckside", 0), ("head-ravensgill", 0), ("governor-beckside", 0)):
        with transaction.atomic(), connection.cursor() as cursor:
            Holdings.announced(asker(slug))
            cursor.execute("SELECT times FROM portal_times_opened(%s)", [child.pk])
            assert cursor.fetchone() == (times,), slug


def test_a_record_of_few_facts_has_a_page() -> None:
    """No needs, no sessions, no results: each section says so."""
    child = factories.pupil(BECKSIDE)
    factories.enrolment(child, timezone.localdate())
    page = door.show_pupil(asker(HEAD), BECKSIDE, child.pk)
    assert (page.needs.sen, page.attendance.terms, page.attainment.results) == ("", (), ())
    text = shown(HEAD, child)[1]
    assert "No results are recorded here." in text
    assert "No sessions are recorded here" in text


def test_a_contact_who_lives_with_the_child_is_said_to() -> None:
    """R31: on the page and in the workbook; no line at all looked like an address that nobody knows."""
    child = marked()
    factories.contact(child, "Aunt of Mark", order=2, address="2 Loud Lane", telephones="")
    page, text = shown(HEAD, child)
    assert text.count("Same address as the child") == 1
    assert text.index("Mother of Mark") < text.index("Same address as the child") < text.index("Aunt of Mark")
    (sheet,) = (one for one in sheets_of(page) if one.title == "Contact details")
    assert [row[3] for row in sheet.rows[1:]] == ["Same address as the child", "2 Loud Lane"]


def test_whoever_must_be_told_is_found_and_called_at_a_touch() -> None:
    """R30: two screens down on a phone, the number to be copied by hand. Not where contacts are withheld (R35)."""
    child = marked()
    _, text = shown(HEAD, child)
    assert text.index('href="#contacts"') < text.index("Identity</h2>") < text.index('id="contacts"')
    assert 'M <a class="govuk-link" href="tel:07700900123">07700 900123</a>' in text
    narrow(withheld=("contact",))
    _, text = shown(TEACHER, child)
    assert "#contacts" not in text


@pytest.mark.parametrize(
    ("line", "link"),
    [
        ("01632 960000", '<a class="govuk-link" href="tel:01632960000">01632 960000</a>'),
        ("Work: +44 1632 960000", 'Work: <a class="govuk-link" href="tel:+441632960000">+44 1632 960000</a>'),
        ("<b>: 01632 960000", '&lt;b&gt;: <a class="govuk-link" href="tel:01632960000">01632 960000</a>'),
        ("01632 960000 after three", "01632 960000 after three"),
        ("none", "none"),
        ("1234", "1234"),
        ("", ""),
    ],
)
def test_a_line_that_says_more_than_a_number_is_no_link(line: str, link: str) -> None:
    assert dialled(line) == link
