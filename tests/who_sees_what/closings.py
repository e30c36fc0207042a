"""Closed children."""

PAGES = {
    "closed": "closed-children/",
    "close": "closed-children/close/",
    "closed-at": "establishments/999002/closed-records/",
}
TABLE = """
                           site    closed close closed-at
head-beckside              schools 404    404   ok
deputy-beckside            schools 404    404   ok
teacher-beckside           schools 404    404   403
assistant-beckside         schools 404    404   403
absent-beckside            schools 404    404   404
governor-beckside          schools 404    404   403
third-party-beckside       schools 404    404   403
head-ravensgill            schools 404    404   404
head-larkroyd              schools 404    404   404
teacher-larkroyd           schools 404    404   404
teacher-ended              schools 404    404   404
teacher-tomorrow           schools 404    404   404
teacher-not-accepted       schools 404    404   acc
superuser                  schools 404    404   404
other-department           schools 404    404   404
officer-admissions         schools 404    404   404
officer-data               schools 404    404   404
officer-admissions         edunet  403    403   404
officer-data               edunet  403    403   404
officer-school-improvement edunet  403    403   404
officer-no-duty            edunet  403    403   404
officer-information        edunet  ok     ok    404
officer-duty-ended         edunet  403    403   404
officer-not-accepted       edunet  acc    acc   404
head-beckside              edunet  403    403   403
superuser                  edunet  403    403   403
other-department           edunet  403    403   403
nobody                     schools 404    404   in
nobody                     edunet  in     in    404
"""
# Tested elsewhere, and where.
ELSEWHERE: dict[str, str] = {
    "agree_closing": "test_closings",
    "agree_closing_here": "test_closings",
    "end_closing": "test_closings",
}
DOOR: set[str] = {
    "agree_closing", "agree_closing_here", "close_child", "end_closing", "list_closings", "list_closings_here",
}  # fmt: skip
REGISTER: set[str] = set()
