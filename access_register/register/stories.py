"""The register's past: one line's story, and the register as it was on any day (R36)."""

from datetime import date, timedelta
from typing import Any

from access_register.models import LineEvent, RegisterLine
from access_register.register.history import BASES, ROLES
from access_register.register.reading import record_of
from access_register.register.records import Happening, LineStory, LineThen, RegisterThen
from sharing.authorise import Asker, Permission, the_one, visit
from sharing.days import midnight
from sharing.models.plain import plainly
from sharing.narrowing import in_words


def show_story(asker: Asker, urn: int, line_id: int) -> LineStory:
    """What happened to one line, the newest first."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="show_story") as here:
        lines = RegisterLine.objects.filter(establishment=here.establishment).select_related("person")
        line = the_one(lines.filter(pk=line_id))
        happenings = LineEvent.objects.filter(line=line).order_by("-at", "-pk").values_list("at", "words")
        told = tuple(Happening(*happening) for happening in happenings)
        here.showed(line=line.pk, happenings=len(told))
        return LineStory(here.here, record_of(line, here), told, here.why)


def show_register_on(asker: Asker, urn: int, *, day: date) -> RegisterThen:
    """The register as it was at the end of `day`: the last event of each line written by then."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="show_register_on") as here:
        end = midnight(day + timedelta(days=1))
        events = LineEvent.objects.filter(establishment=here.establishment, at__lt=end)
        last = events.order_by("line_id", "-at", "-pk").distinct("line_id").select_related("line__person")
        then = [_then(event.line, event.after) for event in last if _held(event.after, day)]
        plain = plainly(line.name for line in then)
        then.sort(key=lambda line: (line.level, plain[line.name], line.id))
        here.showed(lines=len(then), day=day)
        return RegisterThen(here.here, day, tuple(then), here.why)


def _held(facts: dict[str, Any], day: date) -> bool:
    """Whether a line with these facts was on the register on that day."""
    ends_on = facts["ends_on"]
    begun = date.fromisoformat(facts["starts_on"]) <= day
    return begun and not facts["withdrawn"] and (ends_on is None or day <= date.fromisoformat(ends_on))


def _then(line: RegisterLine, facts: dict[str, Any]) -> LineThen:
    return LineThen(
        id=line.pk,
        name=line.person.name,
        level=facts["level"],
        role_words=ROLES[facts["role"]],
        basis_shown=facts["basis_words"] or BASES.get(facts["basis"], ""),
        given_by_name=facts["given_by_name"],
        level_since=date.fromisoformat(facts["level_since"]),
        ends_on=date.fromisoformat(facts["ends_on"]) if facts["ends_on"] else None,
        narrowed=in_words(facts["year_groups"], facts["withheld"]) if facts["level"] == 2 else "",
        state="Suspended" if facts["suspended"] else "Invited, not accepted yet" if facts["pending"] else "",
    )
