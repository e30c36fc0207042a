"""Retention: schedules, disposals and legal holds."""

PAGES = {
    "retention": "retention/",
    "holds": "retention/holds/",
    "place": "retention/holds/place/",
}
TABLE = """
                           site    retention holds place
head-beckside              schools 404       404   404
deputy-beckside            schools 404       404   404
teacher-beckside           schools 404       404   404
assistant-beckside         schools 404       404   404
absent-beckside            schools 404       404   404
governor-beckside          schools 404       404   404
third-party-beckside       schools 404       404   404
head-ravensgill            schools 404       404   404
head-larkroyd              schools 404       404   404
teacher-larkroyd           schools 404       404   404
teacher-ended              schools 404       404   404
teacher-tomorrow           schools 404       404   404
teacher-not-accepted       schools 404       404   404
superuser                  schools 404       404   404
other-department           schools 404       404   404
officer-admissions         schools 404       404   404
officer-data               schools 404       404   404
officer-admissions         edunet  403       403   403
officer-data               edunet  403       403   403
officer-school-improvement edunet  403       403   403
officer-no-duty            edunet  403       403   403
officer-information        edunet  ok        ok    ok
officer-duty-ended         edunet  403       403   403
officer-not-accepted       edunet  acc       acc   acc
head-beckside              edunet  403       403   403
superuser                  edunet  403       403   403
other-department           edunet  403       403   403
nobody                     schools 404       404   404
nobody                     edunet  in        in    in
"""
# Tested elsewhere, and where.
ELSEWHERE: dict[str, str] = {
    "ask_for_disposal": "retention/test_disposal",
    "disposal": "retention/test_disposal",
    "decide_disposal": "retention/test_disposal",
    "certificate_of_disposal": "retention/test_disposal",
    "lift_hold": "retention/test_disposal",
}
DOOR: set[str] = {
    "ask_for_disposal", "decide_disposal", "lift_hold", "list_disposals", "list_holds", "place_hold", "show_disposal",
    "take_certificate",
}  # fmt: skip
REGISTER: set[str] = set()
