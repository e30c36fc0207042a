"""Breaches of the protocol and their sanctions (R41). A case itself, and who is suspended: tests/access_register."""

PAGES = {
    "breaches": "breaches/",
    "breaches_from": "establishments/999002/breaches/",
    "report_breach": "breaches/report/",
    "no_case": "breaches/1/",
    "no_suspension": "establishments/999002/suspension/",
}
TABLE = """
                           site    breaches breaches_from report_breach no_case no_suspension
head-beckside              schools ok       ok            ok            404     404
deputy-beckside            schools ok       ok            ok            404     404
teacher-beckside           schools ok       ok            ok            404     404
assistant-beckside         schools ok       ok            ok            404     404
absent-beckside            schools ok       ok            ok            404     404
governor-beckside          schools ok       ok            ok            404     404
third-party-beckside       schools ok       ok            ok            404     404
head-ravensgill            schools ok       ok            ok            404     404
head-larkroyd              schools ok       ok            ok            404     404
teacher-larkroyd           schools ok       ok            ok            404     404
teacher-ended              schools ok       ok            ok            404     404
teacher-tomorrow           schools ok       ok            ok            404     404
teacher-not-accepted       schools acc      acc           acc           acc     acc
superuser                  schools ok       ok            ok            404     404
other-department           schools ok       ok            ok            404     404
officer-admissions         schools ok       ok            ok            404     404
officer-data               schools ok       ok            ok            404     404
officer-admissions         edunet  ok       ok            ok            404     404
officer-data               edunet  ok       ok            ok            404     404
officer-school-improvement edunet  ok       ok            ok            404     404
officer-no-duty            edunet  ok       ok            ok            404     404
officer-information        edunet  ok       ok            ok            404     404
officer-duty-ended         edunet  ok       ok            ok            404     404
officer-not-accepted       edunet  acc      acc           acc           acc     acc
head-beckside              edunet  403      403           403           403     403
superuser                  edunet  403      403           403           403     403
other-department           edunet  403      403           403           403     403
nobody                     schools in       in            in            in      in
nobody                     edunet  in       in            in            in      in
"""
# Tested elsewhere, and where.
ELSEWHERE: dict[str, str] = {
    "breach_vote": "test_breach_people",
    "breach_answer": "test_breach_people",
    "breach_appeal": "test_breach_people",
    "breach_again": "test_breach_others",
    "breach_concern": "test_breach_people",
    "breach_refer": "test_breach_people",
    "breach_tell": "test_breach_people",
    "breach_evidence": "test_breach_people",
    "breach_seat": "test_breach_people",
}
DOOR: set[str] = set()
REGISTER: set[str] = {
    "answer_breach", "appeal_breach", "ask_again", "attach_evidence", "find_concerned", "list_breaches",
    "name_concerned", "record_told", "refer_breach", "report_breach", "seat_panel", "show_breach", "show_panel",
    "show_reporting", "show_suspensions", "take_out_concerned", "vote_on_breach",
}  # fmt: skip
