"""Somebody is added to the register with less than all of Level 2, and never has more (R35, A5)."""

import pytest
from django.core import mail

from access_register.models import LineEvent
from access_register.register import register
from access_register.register.register import CannotChange, Entry
from sharing.models import EstablishmentPermission
from tests.access_register.invitations import BECKSIDE, HEAD, NEW, line_of
from tests.people import as_batch, asker, client, person

pytestmark = pytest.mark.django_db
ADD = f"/establishments/{BECKSIDE}/register/add/"
KNOWN = "teacher-ravensgill"  # who has an account already
LESS = "only Year 1 and Year 2, without contact details"


def typed(name: str, email: str, **more: object) -> dict[str, object]:
    return {
        "name": name, "email": email, "role": "teacher", "level": "2", "basis": "teaches", "confirm": "on",
        "year_groups": ["2", "1"], "withheld": ["contact"],
    } | more  # fmt: skip


def add_known(**more: object) -> str:
    newcomer = person(KNOWN)
    return client(HEAD).post(ADD, typed(newcomer.name, newcomer.email, **more), follow=True).content.decode()


def told(email: str) -> str:
    with as_batch():
        return LineEvent.objects.get(line=line_of(email)).words


def test_who_has_an_account_never_sees_more() -> None:
    """One event, one permission on pupils, and it is narrow."""
    page = add_known()
    assert f"{person(KNOWN).name} is on the register at Level 2, {LESS}." in page
    assert "Narrow it to some year groups" not in page
    with as_batch():
        held = EstablishmentPermission.objects.get(
            source=f"line:{line_of(person(KNOWN).email).pk}", permission__codename="view_pupils"
        )
    assert (held.year_groups, held.withheld) == (["1", "2"], ["contact"])
    assert f"gave this line at Level 2, {LESS}: teaches children here" in told(person(KNOWN).email)


def test_it_stands_in_the_e_mail_and_in_my_access() -> None:
    add_known()
    assert f"You have Level 2 there, {LESS}." in mail.outbox[0].body
    assert LESS in mail.outbox[0].alternatives[0][0]
    assert LESS in client(KNOWN).get("/my-access/").content.decode()


def test_who_is_invited_is_narrowed_and_reads_it_in_the_invitation() -> None:
    assert client(HEAD).post(ADD, typed("Nadia New", NEW)).status_code == 302
    assert (line_of().year_groups, line_of().withheld) == (["1", "2"], ["contact"])
    assert f"invited this person to Level 2, {LESS}" in told(NEW)
    assert f"The pupil information you will see there is limited: {LESS}." in mail.outbox[0].body
    assert LESS in mail.outbox[0].alternatives[0][0]


def test_who_is_not_narrowed_is_offered_it_as_before() -> None:
    page = add_known(year_groups=[], withheld=[])
    assert "is on the register at Level 2." in page
    assert "Narrow it to some year groups" in page
    assert "You have Level 2 there. Sign in to Schools Online with" in mail.outbox[0].body


@pytest.mark.parametrize("level", ["1", "3"])
@pytest.mark.parametrize(("field", "none"), [("year_groups", "withheld"), ("withheld", "year_groups")])
def test_no_other_level_is_narrowed_and_what_was_typed_stays(level: str, field: str, none: str) -> None:
    """A head who narrows Level 1 would believe that less is seen."""
    newcomer = person(KNOWN)
    answer = client(HEAD).post(ADD, typed(newcomer.name, newcomer.email, level=level, **{none: []}))
    errors = answer.context["form"].errors
    assert (answer.status_code, errors[field]) == (422, [register.ONLY_LEVEL_2])
    page = answer.content.decode()
    for value in {"year_groups": ["1", "2"], "withheld": ["contact"]}[field]:
        box = page.partition(f'name="{field}" value="{value}"')[2].partition(">")[0]
        assert "checked" in box, value


def test_the_form_offers_the_year_groups_that_are_taught_here() -> None:
    """As the page that narrows does."""
    line = line_of(person("teacher-beckside").email)
    narrow = client(HEAD).get(f"/establishments/{BECKSIDE}/register/{line.pk}/narrow/").context["form"]
    add = client(HEAD).get(ADD).context["form"]
    offered = add.fields["year_groups"].choices
    assert offered == narrow.fields["year_groups"].choices
    assert ("1", "Year 1") in offered
    assert client(HEAD).post(ADD, typed("Nadia New", NEW, year_groups=["14"])).status_code == 422


def test_nonsense_is_refused_by_the_door_alone() -> None:
    for wrong in ({"year_groups": ("99",)}, {"withheld": ("everything",)}):
        entry = Entry(register.Level.TWO, "teacher", "teaches", confirmed=True, **wrong)
        with pytest.raises(CannotChange, match="from the list"):
            register.give_access(asker(HEAD), BECKSIDE, name="Nadia New", email=NEW, entry=entry)
    assert not mail.outbox
