"""What is said of children's lives, and what is true after it (R5, R7, R8, R22, A2)."""

from collections.abc import Iterable
from dataclasses import replace

from tests.sharing.lives_of_children.known import (
    BEFORE,
    GRACE,
    LAPSE,
    REASON,
    TOLD_FROM_OUTSIDE,
    Going,
    Known,
    Record,
    Stay,
    Told,
)


class Lives(Known):
    # What is said by files

    def returned(self, school: str, day: int, told: Iterable[Told]) -> None:
        """A return knows its day, and nothing of later ones (R22). Whoever is not in it stays as they are."""
        newest = self.newest[school] = max(day, self.newest.get(school, day))  # each file has somebody else on roll too
        for one in told:
            record = self.records.get((one.child, school))
            if record is None:
                if newest > day and (one.last is None or one.last >= newest):
                    continue  # the newer return does not have the child, who has left in between
                record = self.records[one.child, school] = Record(day, one.forename)
            if record.said_on > day:
                continue
            one = replace(one, first=max(one.first, self.opened.get(school, one.first)))
            record.said_on, record.forename = day, one.forename
            record.stays = _with(record.stays, one, day)
        self._settle()
        self.give_grace()

    def transfer_file(self, child: str, school: str, day: int, forename: str) -> bool:
        """R7: a file of a child who is here, or whose coming is agreed. It fills what is not known from later."""
        is_coming = any(self.is_coming(going, self.now) for going in self.to(child, school))
        if not is_coming and not self.is_on_roll(child, school):
            return False
        record = self.records[child, school]
        if record.said_on <= day:
            record.said_on, record.forename = day, forename
        return True

    def class_list(self, school: str, classes: dict[str, str]) -> None:
        for child, name in classes.items():
            if record := self.records.get((child, school)):
                record.class_name = name

    def let_pass(self, days: int) -> None:
        self.now += days
        self.give_grace()

    def give_grace(self) -> None:
        """R8: who is known to have left is seen a few days more, for the transfer file. It counts from the last day."""
        for going in self.goings:
            record = self.records.get((going.child, going.sender))
            last = record.last_day if record and going.stands else None
            if last is None:
                if record and record.stays and going.stands and going.is_under_way(self.now):
                    going.keeps = None  # the child stays after all
                continue
            if going.keeps is None and not (going.arrived is None and going.lapses < last):
                going.keeps = last + GRACE
            elif going.keeps_on(self.now):
                going.keeps = min(going.keeps, last + GRACE)
        for record in self.records.values():
            for stay in record.stays:
                if stay.last is not None and stay.file_until is not None and stay.file_until >= self.now:
                    stay.file_until = min(stay.file_until, stay.last + GRACE)

    # What the national register says

    def converted(self) -> None:
        """Beckside carries on under a new URN from today (A2): all that is still going on is there from now on."""
        opened = self.opened["beckside"] = self.now
        self.newest.pop("beckside", None)
        coming = [
            going for going in self.goings
            if going.receiver == "beckside" and not going.cancelled and not going.declined and going.lapses >= opened
            and (going.arrived is None or going.arrived >= opened)
        ]  # fmt: skip
        leaving = [going for going in self.goings if going.sender == "beckside" and self.is_departing(going)]
        owed = self.owed_within("beckside")
        for child in [child for child, school in self.records if school == "beckside"]:
            old = self.records.pop((child, "beckside"))
            ended = {"last": opened - 1, "reason": "", "file_until": None, "file_made": None}
            before = [stay for stay in old.stays if stay.first < opened]
            kept = [stay if stay.last is not None and stay.last < opened else replace(stay, **ended) for stay in before]
            self.records[child, BEFORE] = replace(old, stays=kept)
            going_on = [stay for stay in old.stays if stay.last is None or stay.last >= opened]
            if going_on or child in owed or any(going.child == child and going.agreed is not None for going in coming):
                stays = [replace(stay, first=max(stay.first, opened)) for stay in going_on]
                self.records[child, "beckside"] = replace(old, stays=stays)
        for going in self.goings:
            is_moved = (going.child, "beckside") in self.records
            if going in coming:
                if going.agreed is not None:
                    going.agreed, going.arrived = max(going.agreed, opened), None
            elif going.receiver == "beckside":
                going.receiver = BEFORE
            if going.sender == "beckside" and not (going in leaving and is_moved):
                going.sender = "" if going in leaving and going.agreed is None else BEFORE
        self._settle()

    # What is said by people. Each answers whether it may be said.

    def begin(self, child: str, sender: str, receiver: str, expected: int) -> bool:
        if not self.is_on_roll(child, sender) or self.is_on_the_way(child):
            return False
        self.goings.append(Going(child, sender, receiver, expected + LAPSE))
        return True

    def tell_from_outside(self, child: str, receiver: str, expected: int) -> bool:
        if self.will_be_on_roll(child, receiver) or self.is_on_the_way(child):
            return False
        self.goings.append(Going(child, "", receiver, expected + LAPSE))
        return True

    def accept(self, going: Going) -> bool:
        if going.stands and going.is_under_way(self.now):
            return True  # a second click
        if going.agreed is not None or not going.is_under_way(self.now):
            return False
        if self.will_be_on_roll(going.child, going.receiver):
            return False
        there = (going.child, going.receiver)
        mine = self.records.get(there)
        if going.sender:
            theirs = self.records[going.child, going.sender]
            mine = mine or Record(0, "")
            mine.said_on, mine.forename = theirs.said_on, theirs.forename
        elif mine is None:
            mine = Record(self.now, TOLD_FROM_OUTSIDE)
        else:
            mine.forename = TOLD_FROM_OUTSIDE
        self.records[there] = mine
        going.agreed = self.now
        self._settle()
        return True

    def decline(self, going: Going) -> bool:
        if going.agreed is not None or not going.is_under_way(self.now):
            return False
        going.declined = True
        return True

    def cancel(self, going: Going) -> bool:
        if not going.is_under_way(self.now) or (going.sender and not self.sees(going.child, going.sender, self.now)):
            return False
        going.cancelled = True
        return True

    def arrive(self, going: Going, day: int) -> bool:
        if going.stands and going.arrived == day <= self.now:
            return True  # a second click
        if going.agreed is None or not going.is_under_way(self.now):
            return False
        mine = self.records[going.child, going.receiver]
        if day > self.now or any(stay.last is None or stay.last >= day for stay in mine.stays):
            return False
        mine.stays.append(Stay(day))
        self._settle()
        theirs = self.records.get((going.child, going.sender))
        if theirs and theirs.last_day == day - 1:
            going.keeps = day - 1 + GRACE if going.keeps is None else min(going.keeps, day - 1 + GRACE)
        return True

    def leave(self, child: str, school: str, last: int, outside: bool) -> bool:
        record = self.records.get((child, school))
        stay = record.on_roll(self.now) if record else None
        if stay is None or last < stay.first:
            return False
        stay.last, stay.reason, stay.file_until = last, REASON, last + GRACE if outside else None
        self._keep(child, school, last + GRACE)
        self._settle()
        return True

    def stay_after_all(self, child: str, school: str) -> bool:
        record = self.records.get((child, school))
        stay = record.on_roll(self.now) if record else None
        if stay is None:
            return False
        if stay.last is not None:
            stay.last, stay.reason, stay.file_until, stay.file_made = None, "", None, None
            self._keep(child, school, None)
            self._settle()
        return True

    def make_file(self, going: Going) -> bool:
        if not going.stands or not going.sender or not self.sees(going.child, going.sender, self.now):
            return False
        goes = going.lapses >= self.now or going.arrived is not None or going.keeps_on(self.now)
        if not goes or self.is_back(going):
            return False
        going.sent = self.now
        for stay in self.records[going.child, going.sender].stays:
            if stay.file_until is not None:
                stay.file_made = self.now
        return True

    def make_file_outside(self, child: str, school: str) -> bool:
        record = self.records.get((child, school))
        if record is None or record.last_day is None or not self.sees(child, school, self.now):
            return False
        for stay in record.stays:
            stay.file_made = self.now
        return True

    def _keep(self, child: str, school: str, until: int | None) -> None:
        for going in self.from_(child, school):
            if going.is_under_way(self.now):
                going.keeps = until

    def _settle(self) -> None:
        """R7: the first day on the receiver's register from the agreement on is the arrival. A child on the register
        there alone is no longer on the sender's."""
        for going in [going for going in self.goings if going.stands]:
            arrival = self._arrival(going)
            arrived = arrival and max(arrival.first, going.agreed or 0)
            if going.arrived == arrived:
                continue
            going.arrived = arrived
            theirs = self.records.get((going.child, going.sender))
            if arrival and arrival.kind == "C" and theirs:
                for stay in theirs.stays:
                    if stay.kind == "C" and stay.first < arrival.first and stay.covers(arrival.first):
                        stay.last, stay.file_until = arrival.first - 1, None
            self._settle()  # it may itself have come from somewhere
            return

    def _arrival(self, going: Going) -> Stay | None:
        agreed, mine = going.agreed or 0, self.records[going.child, going.receiver].stays
        came = [
            stay for stay in mine
            if stay.first <= going.lapses
            and (stay.first >= agreed or stay.last is None or going.arrived == agreed <= stay.last)
        ]  # fmt: skip
        return min(came, key=lambda stay: stay.first, default=None)


def _with(known: list[Stay], told: Told, day: int) -> list[Stay]:
    """The stays after a return of that day says this of the child. Who left after it has left; what was before the
    first day stays."""
    said = Stay(told.first, told.last, told.kind)
    replaced = [stay for stay in known if stay.meets(said)]
    going_on = [stay for stay in replaced if told.last is not None or stay.last is None or stay.last >= day]
    same_end = [stay for stay in going_on if stay.last == told.last and told.last is not None]
    if of := next(iter(same_end or sorted(going_on, key=lambda stay: stay.first)), None):
        said = replace(of, first=told.first, last=told.last if told.last is not None else of.last, kind=told.kind)
    kept = []
    for stay in known:
        if not stay.meets(said):
            kept.append(stay)
        elif stay.first < said.first:
            kept.append(replace(stay, last=said.first - 1, file_until=None, file_made=None))
    return sorted([*kept, said], key=lambda stay: stay.first)
