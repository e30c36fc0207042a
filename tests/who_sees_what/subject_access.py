"""Subject access: requests for a child's own records, on EduNet and for the head."""

PAGES = {
    "whole": "subject-access/",
    "record": "subject-access/record/",
    "school": "establishments/999002/subject-access/",
    "enter": "establishments/999002/subject-access/record/",
}
TABLE = """
                           site    whole record school enter
head-beckside              schools 404   404    ok     ok
deputy-beckside            schools 404   404    403    403
teacher-beckside           schools 404   404    403    403
assistant-beckside         schools 404   404    403    403
absent-beckside            schools 404   404    404    404
governor-beckside          schools 404   404    403    403
third-party-beckside       schools 404   404    403    403
head-ravensgill            schools 404   404    404    404
head-larkroyd              schools 404   404    404    404
teacher-larkroyd           schools 404   404    404    404
teacher-ended              schools 404   404    404    404
teacher-tomorrow           schools 404   404    404    404
teacher-not-accepted       schools 404   404    acc    acc
superuser                  schools 404   404    404    404
other-department           schools 404   404    404    404
officer-admissions         schools 404   404    404    404
officer-data               schools 404   404    404    404
officer-admissions         edunet  403   403    404    404
officer-data               edunet  403   403    404    404
officer-school-improvement edunet  403   403    404    404
officer-no-duty            edunet  403   403    404    404
officer-information        edunet  ok    ok     404    404
officer-duty-ended         edunet  403   403    404    404
officer-not-accepted       edunet  acc   acc    404    404
head-beckside              edunet  403   403    403    403
superuser                  edunet  403   403    403    403
other-department           edunet  403   403    403    403
nobody                     schools 404   404    in     in
nobody                     edunet  in    in     404    404
"""
# Tested elsewhere, and where.
ELSEWHERE: dict[str, str] = {
    "prepare_answer": "downloads/test_subject_access",
    "subject_request": "downloads/test_subject_access",
}
DOOR: set[str] = {
    "list_subject_requests", "prepare_answer", "record_subject_request", "settle_subject_request",
    "show_subject_request",
}  # fmt: skip
REGISTER: set[str] = set()
