"""A kind of file for the tests of the conversation: one surname a line, one pupil for each at the Synthetic school.

A line "slow" takes a tenth of a second, "!" is an error, "?" a query, "boom" a fault of ours. A surname that is there
already changes nothing.
"""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from sharing.crypto import blind_index
from sharing.imports.kinds import Kind, Outcome
from sharing.imports.problems import Problem, ProblemLog
from sharing.models import Child, Enrolment, Establishment, Pupil

SCHOOL = 999999
DAY = date(2026, 1, 15)


def bring_in(path: Path, *, urn: int | None, apply: bool, progress: Callable[[int], None]) -> Outcome:
    log, names = ProblemLog(), []
    lines = path.read_text().splitlines()
    for number, line in enumerate(lines, 1):
        if line == "slow":
            time.sleep(0.1)
        elif line == "boom":
            raise ValueError("Boom, says a child's name")
        elif line.startswith(("!", "?")):
            log.add(Problem(number, "Surname", line, "=Put it right.", fatal=line.startswith("!")))
        else:
            names.append(line)
        progress(100 * number // len(lines))
    log.refuse_if_fatal()
    school = Establishment.objects.get(urn=urn or SCHOOL)
    known = set(Pupil.objects.filter(establishment=school, source="Tiny").values_list("surname", flat=True))
    new = [name for name in names if name not in known]
    for name in new:  # also when it is only checked: the transaction is rolled back
        child = Child.objects.create(upn_index=blind_index(f"{school.urn} {name}"))
        pupil = Pupil.objects.create(
            establishment=school, child=child, upn="tiny", upn_index=child.upn_index, surname=name, forename="Tiny",
            born_on=DAY, sex="F", year_group="1", source="Tiny", as_of=DAY,
        )  # fmt: skip
        Enrolment.objects.create(pupil=pupil, establishment=school, starts_on=DAY)
        if len(names) > 50:
            time.sleep(0.005)
    changes = [("Pupils who join", len(new)), ("Pupils who leave", 0)]
    return Outcome(DAY, "Tiny file", changes, by_establishment={school.urn: changes}, queries=log.queries())


TINY = Kind("tiny", "Tiny file", (".txt", ".zip"), "Only tests make it.", for_schools=True, bring_in=bring_in)
OFFICERS = Kind(
    "officers", "File of the data team", (".txt",), "Only officers bring it in.", for_schools=False, bring_in=bring_in
)
