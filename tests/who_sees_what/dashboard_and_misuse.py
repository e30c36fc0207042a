"""The dashboard, and reports of misuse."""

PAGES = {
    "dash": "establishments/999002/dashboard/",
    "dash-e": "establishments/999003/dashboard/",
    "rep": "report-misuse/school-finder/",
    "rep-e": "report-misuse/key-data/999003/",
    "reps": "misuse-reports/",
}
TABLE = """
                           site    dash dash-e rep rep-e reps
head-beckside              schools ok   404    ok  ok    404
deputy-beckside            schools ok   404    ok  ok    404
teacher-beckside           schools ok   404    ok  ok    404
assistant-beckside         schools ok   404    ok  ok    404
absent-beckside            schools 404  404    ok  404   404
governor-beckside          schools ok   404    ok  ok    404
third-party-beckside       schools ok   404    ok  ok    404
head-ravensgill            schools 404  ok     ok  ok    404
head-larkroyd              schools 404  404    ok  404   404
teacher-larkroyd           schools 404  404    ok  404   404
teacher-ended              schools 404  404    ok  404   404
teacher-tomorrow           schools 404  404    ok  404   404
teacher-not-accepted       schools acc  acc    acc acc   404
superuser                  schools 404  404    ok  404   404
other-department           schools 404  404    ok  404   404
officer-admissions         schools 404  404    ok  404   404
officer-data               schools 404  404    ok  404   404
officer-admissions         edunet  ok   ok     ok  ok    ok
officer-data               edunet  ok   ok     ok  ok    ok
officer-school-improvement edunet  ok   ok     ok  ok    403
officer-no-duty            edunet  ok   ok     ok  ok    403
officer-information        edunet  ok   ok     ok  ok    403
officer-duty-ended         edunet  ok   ok     ok  ok    403
officer-not-accepted       edunet  acc  acc    acc acc   acc
head-beckside              edunet  403  403    403 403   403
superuser                  edunet  403  403    403 403   403
other-department           edunet  403  403    403 403   403
nobody                     schools in   in     in  in    404
nobody                     edunet  in   in     in  in    in
"""
# Tested elsewhere, and where.
ELSEWHERE: dict[str, str] = {
    "my_reports": "test_misuse",
    "misuse_report": "test_misuse",
    "acknowledge_misuse": "test_misuse",
    "close_misuse": "test_misuse",
}
DOOR: set[str] = {
    "acknowledge_misuse_report", "close_misuse_report", "list_misuse_reports", "list_my_reports", "report_misuse",
    "show_comparison", "show_dashboard", "show_misuse_report",
}  # fmt: skip
REGISTER: set[str] = set()
