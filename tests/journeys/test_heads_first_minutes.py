"""Two things heads really do: find their feet on a phone between two lessons, and let somebody in for one day."""

from datetime import date

import pytest

from sharing.demo.places import BY_URN, HOLMEROYD, NETHERWICK
from tests.journeys.conftest import Browse

pytestmark = pytest.mark.browser
PHONE_OF_A_HEAD = {"width": 360, "height": 740}


def test_a_new_heads_first_five_minutes_on_a_phone(browse: Browse) -> None:
    """R30, R32, R34, R36: who is on my register, my deputy at Level 1, a teacher at Level 3, and what I may see."""
    # given a head who signs in with a phone, at a school where nobody else is on the register
    head = browse("head-holmeroyd", viewport=PHONE_OF_A_HEAD)
    assert head.heading == BY_URN[HOLMEROYD].name

    # when they look at the register
    head.presses("Access Register")
    # then they find themselves, and both places free
    assert "(you)" in head.main
    assert "2 of the 2 places are free" in head.main

    # when they name the deputy
    head.presses("Add a person")
    head.types("Full name", "Dev Deputy")
    head.types("Work email address", "dev.deputy@holmeroyd.example")
    head.chooses("Teacher")
    head.chooses("Level 1")
    head.confirms()
    head.presses("Add to the register")
    # then one place is kept for the invited deputy
    assert "1 of the 2 places is free" in head.main

    # when they add a teacher without thinking about levels
    head.presses("Add a person")
    head.types("Full name", "Tia Teacher")
    head.types("Work email address", "tia.teacher@holmeroyd.example")
    head.chooses("Teacher")
    head.presses("Add to the register")
    # then it is Level 3
    assert head.sees("Tia Teacher is on the register at Level 3")

    # and a slip is put right from the same page
    head.presses("Withdraw Tia Teacher")
    head.presses("Withdraw access")
    assert head.sees("Tia Teacher no longer has access here.")


def test_a_supply_teachers_line_ends_tonight(browse: Browse) -> None:
    """R34, R44: Level 2 for one day, for somebody who has an account already; the line says so itself."""
    today = date.today()
    words = f"{today:%d} {today:%B} {today.year}".lstrip("0")

    # given a supply teacher whom another school knows
    head = browse("head-netherwick")
    supply = browse("teacher-ravensgill")
    place = f"/establishments/{NETHERWICK}"
    supply.visits(f"{place}/pupils/", status=404)

    # when the head lets him in, with today as the last day
    head.presses("Access Register")
    head.presses("Add a person")
    head.types("Full name", "Gareth Tordoff")
    head.types("Work email address", "gareth.tordoff@ravensgill.example")
    head.chooses("Teacher")
    head.chooses("Level 2")
    head.chooses("Teaches children here")
    head.types("Last day", f"{today:%d/%m/%Y}")
    head.confirms()
    head.presses("Add to the register")

    # then the register says when it ends, and he sees the pupils at once
    assert f"Last day {words}" in head.main
    supply.visits(f"{place}/pupils/")
    assert "1 to 50 of" in supply.main
    # and his own page says until when
    supply.visits("/my-access/")
    assert words in supply.main

    # when the head takes it back before the day is over
    head.presses("Withdraw Gareth Tordoff")
    head.presses("Withdraw access")
    # then it ends with his next click
    supply.visits(f"{place}/pupils/", status=404)
