"""Last year's lines copied forward (R24, R32-R36)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from access_register import grants
from access_register.levels import Level
from access_register.models import Person, RegisterLine
from access_register.register import forward, register
from access_register.register.register import CannotChange, Entry
from sharing.models import EstablishmentPermission
from tests.access_register.invitations import everything
from tests.people import as_batch, asker, client, person

BECKSIDE, RAVENSGILL = 999002, 999003
HEAD, NAMED, TEACHER, GOVERNOR = "head-beckside", "deputy-beckside", "teacher-beckside", "governor-beckside"
MANAGER = "business-manager-beckside"


@pytest.mark.django_db
class TestCopyForward:
    def ended(self, slug: str, days: int = 30, **facts: object) -> RegisterLine:
        """The member's line at Beckside as it would be had its last day been so many days ago."""
        with as_batch():
            line = RegisterLine.objects.select_related("person").get(
                person=person(slug), establishment__urn=BECKSIDE, withdrawn_at=None
            )
            line.ends_on = timezone.localdate() - timedelta(days=days)
            for name, value in facts.items():
                setattr(line, name, value)
            line.save()
            grants.replace(f"line:{line.pk}", grants.of_line(line))
        return line

    def names(self, by: str = HEAD) -> set[str]:
        return {line.name for line in forward.list_ended(asker(by), BECKSIDE).lines}

    def copy(self, *lines: RegisterLine, by: str = HEAD, confirmed: bool = True, last_day=None) -> int:
        count, _ = forward.copy_forward(
            asker(by), BECKSIDE, line_ids=[line.pk for line in lines], last_day=last_day, confirmed=confirmed
        )
        return count

    def test_who_is_offered(self) -> None:
        """Ended by their last day within 13 months; not withdrawn, not third parties, not who is back already."""
        self.ended(TEACHER)
        self.ended(GOVERNOR, days=396)
        self.ended("office-beckside", days=397)
        self.ended("third-party-beckside")
        self.ended("senco-beckside", withdrawn_at=timezone.now())
        assert self.names() == {person(slug).name for slug in (TEACHER, GOVERNOR, "teacher-ended")}
        register.give_access(
            asker(HEAD), BECKSIDE, name="x", email=person(GOVERNOR).email, entry=Entry(role="governor")
        )
        assert person(GOVERNOR).name not in self.names()

    def test_who_was_suspended_to_the_last_day_is_not_offered(self) -> None:
        """R35: named staff copy last year's register, which does not say that the head had suspended somebody."""
        with as_batch():
            line = RegisterLine.objects.get(person=person(TEACHER), establishment__urn=BECKSIDE, withdrawn_at=None)
        register.suspend_access(asker(HEAD), BECKSIDE, line.pk, because="Under investigation")
        ended = self.ended(TEACHER)
        assert ended.person.name not in self.names(by=NAMED)
        with pytest.raises(CannotChange, match="has changed"):
            self.copy(ended, by=NAMED)

    @pytest.mark.parametrize("how", ["suspended", "withdrawn"])
    def test_an_older_line_of_somebody_whose_later_one_was_taken_from_them_is_not_offered(self, how: str) -> None:
        """R35: a line renewed last year, or cut by a handover, is two lines. The older one ended without a word."""
        older = self.ended(TEACHER, days=200)
        words = {"basis": "heads_reason", "basis_words": "A reason"}
        entry = Entry(Level.TWO, "teacher", confirmed=True, **words)
        register.give_access(asker(HEAD), BECKSIDE, name="x", email=person(TEACHER).email, entry=entry)
        with as_batch():
            later = RegisterLine.objects.live_on(timezone.localdate()).get(
                person=person(TEACHER), establishment__urn=BECKSIDE
            )
        take = {"suspended": register.suspend_access, "withdrawn": register.withdraw_access}[how]
        take(asker(HEAD), BECKSIDE, later.pk, because="Under investigation")
        if how == "suspended":
            with as_batch():
                yesterday = timezone.localdate() - timedelta(days=1)
                RegisterLine.objects.filter(pk=later.pk).update(
                    starts_on=yesterday, level_since=yesterday, ends_on=yesterday
                )
        assert older.person.name not in self.names(by=NAMED)
        with pytest.raises(CannotChange, match="has changed"):
            self.copy(older, by=NAMED)

    def test_a_headship_called_off_takes_nobody_from_the_list(self) -> None:
        """R36: nobody took anything from them, since they were to be head from the day after their last one."""
        ended = self.ended(TEACHER)
        with as_batch():
            facts = {"seat": 0, "level": 1, "role": "head", "starts_on": ended.ends_on + timedelta(days=1)}
            called_off = RegisterLine(
                establishment_id=ended.establishment_id, person=ended.person, level_since=facts["starts_on"],
                given_by_name="x", withdrawn_at=timezone.now(), withdrawn_because="Cancelled.", **facts,
            )  # fmt: skip
            called_off.save()
        assert ended.person.name in self.names()

    def test_level_1_is_offered_to_the_head_alone(self) -> None:
        """R35, R32."""
        line = self.ended(MANAGER)
        assert line.person.name in self.names()
        assert line.person.name not in self.names(by=NAMED)
        with pytest.raises(CannotChange):
            self.copy(line, by=NAMED)
        assert self.copy(line) == 1
        assert line_now(MANAGER).level == Level.ONE

    def test_at_their_level_and_as_narrow_as_before(self) -> None:
        """R35, A5: what the head kept from a line is kept from its copy."""
        line = self.ended(TEACHER, year_groups=["4"], withheld=["sen"])
        day = timezone.localdate() + timedelta(days=300)
        assert self.copy(line, last_day=day) == 1
        again = line_now(TEACHER)
        assert (again.level, again.basis, again.year_groups, again.withheld, again.ends_on) == (
            2, "teaches", ["4"], ["sen"], day,
        )  # fmt: skip
        assert "has added you" in mail.outbox[-1].body
        call_command("check_permissions")

    def test_all_or_none(self) -> None:
        """R32, R34: without the confirmation, without a free seat, or with a line that is not in the list."""
        teacher, manager = self.ended(TEACHER), self.ended(MANAGER)
        with pytest.raises(CannotChange) as refused:
            self.copy(teacher, confirmed=False)
        assert refused.value.field == "confirmed"
        register.give_access(
            asker(HEAD), BECKSIDE, name="N", email="n@beckside.example", entry=Entry(Level.ONE, confirmed=True)
        )
        before = everything()
        with pytest.raises(CannotChange, match="Julie Armitage: Both Level 1 places"):
            self.copy(teacher, manager)
        with pytest.raises(CannotChange, match="has changed since"):
            self.copy(teacher, line_now(GOVERNOR))
        with pytest.raises(CannotChange):
            self.copy()
        assert everything() == before

    def test_need_is_confirmed_where_one_of_them_has_more_than_level_3(self) -> None:
        """R34."""
        self.ended(GOVERNOR)
        self.ended(TEACHER)
        assert {line.level for line in forward.list_ended(asker(HEAD), BECKSIDE).lines} == {2, 3}
        page = client(HEAD).get(f"/establishments/{BECKSIDE}/register/copy/")
        assert "confirmed" in page.context["form"].fields

    def test_in_the_browser_all_are_ticked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", lambda *messages: 0)
        self.ended(TEACHER)
        browser, url = client(HEAD), f"/establishments/{BECKSIDE}/register/copy/"
        page = browser.get(url).content.decode()
        assert page.count('type="checkbox" name="lines"') == page.count("checked") == 2
        with as_batch():
            ids = [line.id for line in forward.list_ended(asker(HEAD), BECKSIDE).lines]
        asked = browser.post(url, {"lines": ids})
        assert asked.status_code == 422
        done = browser.post(url, {"lines": ids, "confirmed": "on"}, follow=True)
        assert "Access given again: 2." in done.content.decode()
        assert "Emails that could not be sent: 2." in done.content.decode()
        assert "last day in the past 13 months." in browser.get(url).content.decode()
        again = browser.post(url, {"lines": ids, "confirmed": "on"})
        assert again.status_code == 422
        assert "This list has changed since you opened it. Look through it again." in again.content.decode()

    def test_nobody_has_two_lines_after_a_second_click(self) -> None:
        line = self.ended(TEACHER)
        self.copy(line)
        with pytest.raises(CannotChange):
            self.copy(line)
        with as_batch():
            assert EstablishmentPermission.objects.filter(
                user=person(TEACHER), starts_on=timezone.localdate()
            ).count() == 2  # fmt: skip
            assert Person.objects.filter(email=person(TEACHER).email).count() == 1


def line_now(slug: str) -> RegisterLine:
    with as_batch():
        return RegisterLine.objects.live_on(timezone.localdate()).get(
            person=person(slug), establishment__urn=BECKSIDE
        )  # fmt: skip
