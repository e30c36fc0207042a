"""Turns a misuse of a comparison that has to be referred into a case of a breach (P8, P17, R20, R41)."""

from collections.abc import Collection
from typing import Any

from django.dispatch import receiver

from access_register.breaches import notices
from sharing.crypto import encrypt
from sharing.measures.catalogue import MEASURE
from sharing.models import MisuseReport
from sharing.signals import misuse_to_refer
from sharing.statements import rows_of, value_of


@receiver(misuse_to_refer)
def refer(report: MisuseReport, answer: str, by: str, by_managers: Collection[int], **kwargs: Any) -> dict[str, Any]:
    """Make the case, inside the visit of the officer who closes the report; that officer has no part in the case.

    The case does not name the person who reported it, as the form of the report promises. `by_managers`: information
    managers who did it, and so do not look at it. Returns what the ledger says of the case, including those managers.
    """
    about = report.about.name if report.about else ""
    measure = MEASURE[report.measure].name if report.measure in MEASURE else ""
    where = ", ".join(part for part in (report.get_page_display(), about, measure) if part)
    told = rows_of(
        "SELECT breach, desk FROM access_register_breach_of_misuse(%s, %s, %s, %s, %s)",
        report.pk,
        encrypt(f"{where}.\n{report.happened!s}", column="access_register_breach.happened"),
        encrypt(str(report.who), column="access_register_breach.whom") if report.who else None,
        encrypt(answer, column="access_register_breachstep.words"),
        by,
    )
    ((number, desk),) = told
    case: dict[str, Any] = {"breach": int(number)}
    if by_managers:
        case["managers"] = sorted(by_managers)
        value_of("SELECT access_register_breach_by_managers(%s, %s::bigint[])", number, [*by_managers])
    notices.write(number, [who for who in desk if who not in by_managers], "reported")
    return case | notices.draw_panel(number)
