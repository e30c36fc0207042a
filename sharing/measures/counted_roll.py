"""Pupils on roll on census day, and who they are."""

from sharing.measures.counted import Counted

YEARS_OF_FSM6 = 11  # from Reception, 0, to Year 11


def _share(code: str, condition: str, itself: str) -> Counted:
    return Counted(code, f"SELECT pupil_id, ({condition})::int, 1 FROM measured WHERE on_roll", itself=itself)  # noqa: S608


MEASURES = (
    Counted("roll_pupils", "SELECT pupil_id, 1, 1 FROM measured WHERE on_roll"),
    _share("roll_girls", "sex = 'F'", "sex"),
    _share("roll_fsm", "fsm = 'Y'", "fsm"),
    Counted(
        "roll_fsm6",
        f"""
        SELECT pupil_id, (fsm = 'Y' OR EXISTS (
            SELECT FROM sharing_freemealsperiod AS period
            WHERE period.pupil_id = measured.pupil_id AND period.starts_on <= %(day)s
              AND (period.ends_on IS NULL OR period.ends_on > %(day)s - INTERVAL '6 years')))::int, 1
        FROM measured WHERE on_roll AND years_after_reception BETWEEN 0 AND {YEARS_OF_FSM6}
        """,  # noqa: S608
        itself="fsm",
    ),
    _share("roll_eal", "eal = 'Y'", "eal"),
    _share("roll_sen_support", "sen = 'K'", "sen"),
    _share("roll_ehc_plan", "sen = 'E'", "sen"),
)
