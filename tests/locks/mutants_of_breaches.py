"""Ways of weakening the second lock for breaches."""

from sharing.conditions import JUDGED_IN_MY_BREACHES, LEDGER_I_KEEP, TOLD_IN_MY_BREACHES
from sharing.rls import BY_TABLE
from tests.locks.weakening import ANY_OFFICER, in_function, replace_policy


def _in_breaches(part: str, instead: str) -> tuple[str, ...]:
    """The function for who has which part in a breach, with one part of it changed."""
    return in_function("portal_breach_roles", part, instead)


OF_BREACHES: dict[str, tuple[str, ...]] = {
    "breaches not protected": ("ALTER TABLE access_register_breach DISABLE ROW LEVEL SECURITY",),
    "who reported a breach, for whom it is held against": replace_policy(
        "access_register_breachreport",
        BY_TABLE["access_register_breachreport"].reads.replace("NOT name_withheld AND ", ""),
    ),
    "who reported a manager, in the ledger": in_function(
        "portal_reporter_is_withheld", "party.person_id = portal_asker()", "false"
    ),
    "cases in the ledger, for a manager who was reported": replace_policy(
        "sharing_ledgerentry", LEDGER_I_KEEP.replace("NOT (SELECT portal_reporter_is_withheld())", "true")
    ),
    "whom a breach is held against, for who reported it": replace_policy(
        "access_register_breachparty", TOLD_IN_MY_BREACHES
    ),
    "votes before the decision": replace_policy("access_register_breachseat", JUDGED_IN_MY_BREACHES),
    "evidence for who reported a breach": replace_policy("access_register_breachevidence", TOLD_IN_MY_BREACHES),
    "who was told, for whom a breach is held against": replace_policy(
        "access_register_breachtold", JUDGED_IN_MY_BREACHES
    ),
    "the whole story for everybody concerned": replace_policy("access_register_breachstep", TOLD_IN_MY_BREACHES),
    "sanctions for who reported a breach": replace_policy("access_register_sanction", TOLD_IN_MY_BREACHES),
    "sanctions may be lifted at will": (
        "GRANT UPDATE ON access_register_sanction TO portal_app",
        "DROP POLICY app_updates ON access_register_sanction",
    ),
    "suspensions may be lifted at will": ("GRANT UPDATE ON access_register_person TO portal_app",),
    "a breach before it is referred": _in_breaches("breach.state NOT IN ('reported', 'dismissed')", "true"),
    "a member who is concerned reads on": _in_breaches(
        "access_register_may_sit(seat.breach_id, seat.person_id)", "true"
    ),
    "one's own case at the desk": _in_breaches("NOT access_register_left_the_desk(breach.id, portal_person())", "true"),
    "who closed a case looks at it again": in_function(
        "access_register_left_the_desk", "breach.asked_again_at IS NOT NULL", "false"
    ),
    "what waits to be collected, for who is suspended": replace_policy(
        "sharing_download", BY_TABLE["sharing_download"].reads.replace(" AND state = 'collected'", "")
    ),
    "what others took away, for who is suspended": replace_policy(
        "sharing_download",
        BY_TABLE["sharing_download"].reads.replace("by_person_id = portal_accepted() AND ", ""),
    ),
    "the desk is for any officer": _in_breaches("sharing_manages_duties()", ANY_OFFICER),
}
