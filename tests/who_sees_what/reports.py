"""Standard reports."""

PAGES = {
    "pdf": "establishments/999002/reports/",
    "pdf-e": "establishments/999003/reports/",
    "pdf-x": "establishments/999004/reports/",
}
TABLE = """
                           site    pdf pdf-e pdf-x
head-beckside              schools ok  ok    404
deputy-beckside            schools ok  ok    404
teacher-beckside           schools ok  ok    404
assistant-beckside         schools ok  ok    404
absent-beckside            schools 404 404   404
governor-beckside          schools ok  ok    404
third-party-beckside       schools ok  ok    404
head-ravensgill            schools ok  ok    404
head-larkroyd              schools 404 404   ok
teacher-larkroyd           schools 404 404   ok
teacher-ended              schools 404 404   404
teacher-tomorrow           schools 404 404   404
teacher-not-accepted       schools acc acc   acc
superuser                  schools 404 404   404
other-department           schools 404 404   404
officer-admissions         schools 404 404   404
officer-data               schools 404 404   404
officer-admissions         edunet  ok  ok    ok
officer-data               edunet  ok  ok    ok
officer-school-improvement edunet  ok  ok    ok
officer-no-duty            edunet  ok  ok    ok
officer-information        edunet  ok  ok    ok
officer-duty-ended         edunet  ok  ok    ok
officer-not-accepted       edunet  acc acc   acc
head-beckside              edunet  403 403   403
superuser                  edunet  403 403   403
other-department           edunet  403 403   403
nobody                     schools in  in    in
nobody                     edunet  in  in    in
"""
# Tested elsewhere, and where.
ELSEWHERE: dict[str, str] = {
    "reports_progress": "reports/test_who_reads_reports",
    "ask_for_report": "reports/test_who_reads_reports",
    "report_file": "reports/test_who_reads_reports",
}
DOOR: set[str] = {
    "ask_for_report", "download_report", "list_reports",
}  # fmt: skip
REGISTER: set[str] = set()
