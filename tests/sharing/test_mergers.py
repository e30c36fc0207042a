"""Two schools close and one opens in their place, lived through: nobody goes on as anybody (A2, formats page 2)."""

from pathlib import Path

import pytest

from sharing.imports.succession import Links
from sharing.models import Enrolment, Establishment
from tests.people import as_batch
from tests.sharing.mergers import ONE_SCHOOL, merge
from tests.sharing.moves import BECKSIDE, RAVENSGILL, day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("known_from_gias")]


class TestWhoGoesOnAsWhom:
    """R5, R31: as the national register has told of it in fact, plainly from one end and otherwise from the other."""

    @pytest.mark.parametrize(
        ("there", "back"),
        [
            ("Successor", "Predecessor - merged"), ("Successor", "Result of Amalgamation"),
            ("Successor - Split School", "Predecessor"), ("Successor", "Other"),
        ],
    )  # fmt: skip
    def test_not_where_one_of_the_two_links_tells_of_a_merger_or_a_split(
        self, tmp_path: Path, capsys: pytest.CaptureFixture, there: str, back: str
    ) -> None:
        merge(tmp_path, day(0), (BECKSIDE, ONE_SCHOOL, there), (ONE_SCHOOL, BECKSIDE, back), reason=None)
        assert "150002 is a merger, a split or the like" in capsys.readouterr().out
        self.nobody_went_along()

    @pytest.mark.parametrize(("closed", "opened"), [("1", None), (None, "1")])
    def test_not_where_the_reason_is_a_merger(self, tmp_path: Path, closed: str | None, opened: str | None) -> None:
        """As Hunslet Gate Centre and the KS3 Pupil Referral Unit of Leeds, linked plainly from both ends."""
        links = (BECKSIDE, ONE_SCHOOL, "Successor"), (ONE_SCHOOL, BECKSIDE, "Predecessor")
        new = {"ReasonEstablishmentOpened (code)": opened} if opened else {}
        merge(tmp_path, day(0), *links, reason=closed, **new)
        self.nobody_went_along()

    def nobody_went_along(self) -> None:
        with as_batch():
            assert not Enrolment.objects.filter(establishment__urn=ONE_SCHOOL).exists()
            assert not Establishment.objects.exclude(goes_on_as=None).exists()
            assert Links.stored().plain == set()

    def test_a_merger_whose_links_do_not_say_who_was_before_is_told_as_one(
        self, tmp_path: Path, capsys: pytest.CaptureFixture
    ) -> None:
        both = [(BECKSIDE, ONE_SCHOOL), (ONE_SCHOOL, BECKSIDE), (RAVENSGILL, ONE_SCHOOL), (ONE_SCHOOL, RAVENSGILL)]
        merge(tmp_path, day(0), *((urn, other, "Result of Amalgamation") for urn, other in both))
        assert "999002 is closed and in use. GIAS links it with 150002 by a merger." in capsys.readouterr().out
