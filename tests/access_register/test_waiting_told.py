"""Who may do what is new is told that it waits, by emails that name nobody (P5, P8, R20, R43)."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from access_register.models import Duty
from access_register.notices.waiting import tell_of_duties_that_end
from sharing import door
from sharing.authorise import NoSuchRecord
from sharing.days import day_in_words
from sharing.models import Disposal
from sharing.retention import disposing
from sharing.signals import disposal_stopped
from tests import post
from tests.access_register.duties import FIONA, TODAY, appointment
from tests.people import EDUNET, as_batch, asker, person
from tests.retention import worlds
from tests.retention.worlds import BECKSIDE, MANAGER, RAVENSGILL

pytestmark = pytest.mark.django_db
HEAD, DEPUTY, ASKS = "head-beckside", "deputy-beckside", "head-ravensgill"


def letters() -> dict[str, str]:
    """To whom -> text, of what was written since."""
    mail.outbox.clear()
    return {letter.to[0]: letter.body for letter in post.sent()}


class TestSupport:
    def asked(self) -> int:
        until = timezone.localdate() + timedelta(days=60)
        wish = door.NewOffer(challenge="maths", what="We do sums.", for_whom="All", how="Ask here.", until=until)
        offer = door.publish_offer(asker(HEAD), BECKSIDE, wish=wish)
        for _ in range(2):
            number = door.ask_for_support(asker(ASKS), RAVENSGILL, offer, words="May two of us come?")
        return number

    def test_level_1_of_who_offers_it_is_told_once(self) -> None:
        """R20: where to read and answer it, and neither who asks nor what for. Asked twice, told once."""
        number, told = self.asked(), letters()
        assert {person(HEAD).email, person(DEPUTY).email} <= set(told)
        assert len(told) == 3  # with the other whom the head has named
        assert letters() == {}
        for text in told.values():
            assert f"/establishments/{BECKSIDE}/support/requests/{number}/" in text
            for silent in ("two of us", "sums", "Ravensgill", person(ASKS).name):
                assert silent not in text


@pytest.mark.drifts
class TestDisposal:
    def counted(self) -> Disposal:
        number = door.ask_for_disposal(asker(MANAGER, EDUNET))
        assert worlds.worked()
        with as_batch():
            return Disposal.objects.get(pk=number)

    def test_another_manager_is_told_that_it_waits_for_a_second_person(self) -> None:
        """R43: not who asked for it, and nothing of what is due."""
        worlds.grown_up(BECKSIDE)
        second = person(worlds.second_manager()).email
        number = self.counted().pk
        told = letters()
        assert set(told) == {second}
        assert f"/retention/disposals/{number}/" in told[second]
        for silent in ("Zzyxgrown", "Beckside", person(MANAGER).name):
            assert silent not in told[second]

    @pytest.mark.parametrize(("days", "is_told"), [(-1, True), (0, False), (1, False)])
    def test_nobody_is_told_whom_a_sanction_shuts_out(self, days: int, is_told: bool) -> None:
        """R41: they can neither read it nor decide it until the day after its last."""
        worlds.grown_up(BECKSIDE)
        second = person(worlds.second_manager())
        with as_batch():
            second.suspended_until = timezone.localdate() + timedelta(days=days)
            second.save(update_fields=["suspended_until"])
        self.counted()
        assert set(letters()) == ({second.email} if is_told else set())

    def test_nobody_is_told_where_nothing_is_due(self) -> None:
        worlds.second_manager()
        assert not self.counted().lines.exists()
        assert letters() == {}

    @pytest.mark.parametrize("how", ["failed", "overtaken"])
    def test_both_are_told_that_it_was_not_done(self, how: str) -> None:
        """P5: it would wait unseen, and what is due would stay."""
        worlds.grown_up(BECKSIDE)
        number = worlds.approved()
        letters()
        if how == "failed":
            with as_batch():
                disposal = Disposal.objects.get(pk=number)
            disposing.settle(disposal, Disposal.State.FAILED)
        else:
            worlds.grown_up(RAVENSGILL)
            with as_batch():
                disposal = Disposal.objects.get(pk=number)
            list(disposing.dispose(disposal))
        told = letters()
        assert set(told) == {person(MANAGER).email, person(worlds.FIONA).email}
        assert all("stopped before it was finished" in text for text in told.values())
        assert door.show_disposal(asker(MANAGER, EDUNET), number).disposal.state == how
        with pytest.raises(NoSuchRecord):
            door.take_certificate(asker(MANAGER, EDUNET), number)

    def test_it_is_over_and_told_or_neither(self) -> None:
        """P5: a worker that dies as it tells of it takes the disposal up again, and nobody waits for a letter."""
        worlds.grown_up(BECKSIDE)
        number = worlds.approved()
        worlds.grown_up(RAVENSGILL)

        def dies(**kwargs: object) -> None:
            raise KeyboardInterrupt

        disposal_stopped.connect(dies)
        try:
            with pytest.raises(KeyboardInterrupt):
                worlds.worked()
        finally:
            disposal_stopped.disconnect(dies)
        assert door.show_disposal(asker(MANAGER, EDUNET), number).disposal.state == "approved"
        letters()
        assert worlds.worked()
        assert set(letters()) == {person(MANAGER).email, person(worlds.FIONA).email}


class TestDutiesThatEnd:
    """R9: many end with the school year. Nobody was told before the holidays."""

    JULY = date(TODAY.year - (TODAY.month < 7), 7, 1)

    def ending(self, **changed: object) -> Duty:
        with as_batch():
            facts = {
                "appointment": appointment(FIONA), "data": "view_pupils", "reason": "A reason", "recorded_by_name": "x",
                "starts_on": self.JULY - timedelta(days=60), "ends_on": self.JULY.replace(month=8, day=31),
            }  # fmt: skip
            return Duty.objects.create(**facts | changed)

    def told(self, on: date) -> dict[str, str]:
        with as_batch():
            list(tell_of_duties_that_end(on))
        return letters()

    def test_who_keeps_duties_is_told_once_in_july(self) -> None:
        for _ in range(2):
            self.ending()
        self.ending(ended_at=timezone.now())
        self.ending(data="manage_duties")
        self.ending(ends_on=self.JULY.replace(month=8, day=30))
        self.ending(confirmed_until=self.JULY - timedelta(days=1))  # nobody confirmed it: it opens nothing
        self.ending(is_casework=True)  # of children named one by one
        for day in (self.JULY - timedelta(days=1), self.JULY + timedelta(days=31)):
            assert self.told(day) == {}
        told = self.told(self.JULY + timedelta(days=2))
        assert told.keys() == {person(MANAGER).email}
        last = day_in_words(self.JULY.replace(month=8, day=31))
        assert f"2 duties of officers will end on {last}." in told[person(MANAGER).email]
        assert "/officers/" in told[person(MANAGER).email]
        assert self.told(self.JULY + timedelta(days=3)) == {}

    def test_nobody_is_told_where_none_ends(self) -> None:
        assert self.told(self.JULY) == {}
