"""What the desk of breaches has to do: its list and its home page say the same (R41)."""

from itertools import product

import pytest
from django.utils import timezone

from access_register import service
from access_register.breaches import reading, rules, steps
from access_register.models import Breach, BreachTold, Duty, Person
from access_register.register.rules import CannotChange
from sharing.authorise import NoSuchRecord
from sharing.demo.places import CRAGWELL, SKELBROOK
from sharing.models import Establishment
from tests.access_register.breaches import PANEL, against_person, case, decide, manager, report, seat, vote
from tests.access_register.duties import second_manager
from tests.people import EDUNET, as_batch, asker, client, person

pytestmark = pytest.mark.django_db
REPORTER = "governor-beckside"
LOOK, NO_PANEL, TELL = "breach to look at", "breach without a panel", "breach that somebody has to be told about"


def parts() -> list[str]:
    return [line.part for line in reading.list_breaches(manager()).page]


def waiting() -> set[str]:
    """What the home page of the information manager counts."""
    home = client("officer-information", EDUNET).get("/").content.decode()
    return {words for words in (LOOK, NO_PANEL, TELL) if f"<strong>1</strong> {words}" in home}


def test_with_a_full_panel_the_desk_has_only_to_say_who_was_told() -> None:
    """R41: it is with the panel, in the list and on the home page; a member who can sit no more brings it back."""
    number = report(asker(REPORTER))
    assert (parts(), waiting()) == (["For you to deal with"], {LOOK})
    steps.name_concerned(manager(), number, sort="person", target=person("teacher-beckside").pk)
    steps.refer_breach(manager(), number, is_personal=True, severity="risk", refers=True, words="To be judged.")
    assert (parts(), waiting()) == (["For you to deal with. Somebody still has to be told"], {NO_PANEL, TELL})
    seat(number)
    assert (parts(), waiting()) == (["With the panel. Somebody still has to be told"], {TELL})
    steps.record_told(manager(), number, whom="ico")
    assert (parts(), waiting()) == (["With the panel"], set())
    with as_batch():
        Person.objects.filter(pk=person(PANEL[0]).pk).update(is_active=False)
    assert (parts(), waiting()) == (["For you to deal with"], {NO_PANEL})


def test_the_panel_shown_is_that_of_the_case() -> None:
    """R41: not another case's; and before a case is referred there is none."""
    one, other = against_person("teacher-beckside"), against_person("deputy-beckside")
    seat(one)
    assert {vote.name for vote in reading.show_breach(manager(), one).votes} == {person(slug).name for slug in PANEL}
    assert reading.show_breach(manager(), other).votes == ()
    with pytest.raises(NoSuchRecord):
        steps.show_panel(manager(), report(asker(REPORTER)))


def test_each_step_at_the_desk_leads_to_the_next() -> None:
    """R41."""
    number, browser = report(asker(REPORTER)), client("officer-information", EDUNET)
    case = f"/breaches/{number}/"
    first = "to refer it, first name who the case is against"
    assert first in browser.get(case).content.decode()
    typed = {"sort": "person", "words": "Hussain", "target": person("teacher-beckside").pk}
    named = browser.post(f"{case}concerned/", typed, follow=True).content.decode()
    assert "The name is on record." in named
    assert f'class="govuk-button" href="{case}refer/"' in named
    assert first not in browser.get(case).content.decode()
    assert f'href="{case}">Back to the case' in browser.get(f"{case}refer/").content.decode()
    typed = {"is_personal": "yes", "severity": "risk", "refers": "yes", "words": "To be judged."}
    assert "Name the panel next." in browser.post(f"{case}refer/", typed, follow=True).content.decode()


def test_managers_are_in_the_order_of_their_names() -> None:
    """R41: where somebody says that the information manager did it."""
    second = person(second_manager())
    with as_batch():
        Person.objects.filter(pk=second.pk).update(name="Łukasz Adams")
        Person.objects.filter(pk=person("officer-information").pk).update(name="mona Zell")
    assert [name for _, name in reading.show_reporting(asker(REPORTER)).managers] == ["Łukasz Adams", "mona Zell"]


def test_a_name_that_was_pasted_finds_the_person() -> None:
    """R41: copied from a letter, it has a space that does not break, or two spaces."""
    somebody = person("teacher-beckside")
    first, *others = somebody.name.split()
    address, browser = f"/breaches/{report(asker(REPORTER))}/concerned/", client("officer-information", EDUNET)
    for gap in ("\u00a0", "  "):
        found = browser.post(address, {"sort": "person", "words": first + gap + " ".join(others)})
        assert f'value="{somebody.pk}"' in found.text, repr(gap)


@pytest.mark.parametrize("words", ["o’brien", "O'BRIEN", "Sean", "seán obrien"])
def test_a_person_is_found_however_the_name_is_written(words: str) -> None:
    """R41: as everywhere else, whatever the apostrophes and accents."""
    somebody = person("teacher-beckside")
    with as_batch():
        Person.objects.filter(pk=somebody.pk).update(name="Seán O'Brien")
    found = steps.find_concerned(manager(), report(asker(REPORTER)), sort="person", words=words)
    assert [pk for pk, _ in found] == [somebody.pk]


def test_two_establishments_of_one_name_are_told_apart() -> None:
    """R41: the one that closed and the academy that came after it have one name; a sanction suspends a place."""
    with as_batch():
        Establishment.objects.filter(urn__in=(CRAGWELL, SKELBROOK)).update(name="St Mary's School")
        Establishment.objects.filter(urn=SKELBROOK).update(town="")
    find = lambda words: steps.find_concerned(manager(), report(asker(REPORTER)), sort="establishment", words=words)  # noqa: E731
    assert {label for _, label in find("st mary’s")} == {
        f"St Mary's School, Cragwell (URN {CRAGWELL})",
        f"St Mary's School (URN {SKELBROOK})",
    }
    assert [label for _, label in find("ravensgill")] == ["Ravensgill Primary School"]
    assert find("’'") == ()


def test_nothing_is_offered_where_nothing_is_left_to_do() -> None:
    """R41: no heading over an empty list."""
    number, browser = against_person("teacher-beckside"), client("officer-information", EDUNET)
    offers = "What you can do"
    assert offers in browser.get(f"/breaches/{number}/").content.decode()
    decide(number, "training")
    steps.record_told(manager(), number, whom="ico")
    assert offers not in browser.get(f"/breaches/{number}/").content.decode()


def test_who_is_to_be_trained_reads_where_it_stands_which_training() -> None:
    """R41: the panel is asked to say it, and nothing else of the portal does."""
    number = against_person("teacher-beckside")
    seat(number)
    assert "For training, say which, and by when." in client(PANEL[0]).get(f"/breaches/{number}/vote/").content.decode()
    for slug in PANEL:
        vote(number, slug, "training")
    (held,) = case(number, "teacher-beckside").sanctions
    assert held.state == "Given. The panel’s reasons say which training, and by when"


def test_what_is_held_against_a_manager_is_not_counted_for_them() -> None:
    """R41: nor whether a panel sits, which they do not learn; to others at the desk it waits as ever."""
    second_manager()
    number = against_person("teacher-beckside")
    steps.record_told(manager(), number, whom="ico")
    with as_batch():
        Breach.objects.get().parties.update(person=person("officer-information").pk)
    assert parts() == ["Against you, or an establishment or contract of yours"]
    assert waiting() == set()


def test_what_a_manager_would_close_waits_for_the_other() -> None:
    """R41: it is to be seen to by the second alone."""
    second = asker(second_manager(), EDUNET)
    number = report(asker(REPORTER))
    steps.refer_breach(manager(), number, is_personal=False, severity="", refers=False, words="Nothing came of it.")
    assert (parts(), waiting()) == (["To be closed, once another information manager agrees"], set())
    assert [line.part for line in reading.list_breaches(second).page] == ["For you to deal with"]


def test_what_a_manager_would_close_is_theirs_again_once_the_other_has_left() -> None:
    """R41: it waited for nobody, and was on no home page, until a new manager was recorded."""
    second = second_manager()
    number = report(asker(REPORTER))
    close = {"is_personal": False, "severity": "", "refers": False, "words": "Nothing came of it."}
    assert steps.refer_breach(manager(), number, **close)
    with pytest.raises(CannotChange, match="has to agree"):
        steps.refer_breach(manager(), number, **close)
    with as_batch():
        service.end_duty(Duty.objects.get(appointment__person=person(second), data=Duty.Data.DUTIES, ended_at=None))
    assert (parts(), waiting()) == (["For you to deal with"], {LOOK})
    assert not steps.refer_breach(manager(), number, **close)
    assert parts() == ["Dealt with"]


def test_who_has_still_to_be_told_is_what_the_rules_say() -> None:
    """R41, UK GDPR 33, 34: of every severity, whatever the panel says, and whoever has been told."""
    number, now = against_person("teacher-beckside"), timezone.now()
    for severity, tell_ico, told in product(
        ("", *Breach.Severity), (False, True), ((), ("ico",), ("people",), ("ico", "people"))
    ):
        with as_batch():
            Breach.objects.update(severity=severity, tell_ico=tell_ico)
            BreachTold.objects.all().delete()
            BreachTold.objects.bulk_create(BreachTold(breach_id=number, whom=whom, told_at=now) for whom in told)
            found = Breach.objects.to_tell().exists()
        needed = rules.to_tell(now, severity, panel_says_so=tell_ico, told=dict.fromkeys(told, now))
        assert found == any(one.told_at is None for one in needed), (severity, tell_ico, told)
