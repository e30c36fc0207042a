"""Broken glasses."""

PAGES = {
    "look": "break-glass/",
    "mine": "break-glass/yours/",
    "to_mark": "break-glass/to-look-at/",
    "opened": "establishments/999002/opened-records/",
}
TABLE = """
                           site    look mine to_mark opened
head-beckside              schools 404  404  404     ok
deputy-beckside            schools 404  404  404     ok
teacher-beckside           schools 404  404  404     403
assistant-beckside         schools 404  404  404     403
absent-beckside            schools 404  404  404     404
governor-beckside          schools 404  404  404     403
third-party-beckside       schools 404  404  404     403
head-ravensgill            schools 404  404  404     404
head-larkroyd              schools 404  404  404     404
teacher-larkroyd           schools 404  404  404     404
teacher-ended              schools 404  404  404     404
teacher-tomorrow           schools 404  404  404     404
teacher-not-accepted       schools 404  404  404     acc
superuser                  schools 404  404  404     404
other-department           schools 404  404  404     404
officer-admissions         schools 404  404  404     404
officer-data               schools 404  404  404     404
officer-admissions         edunet  ok   ok   403     403
officer-data               edunet  ok   ok   403     403
officer-school-improvement edunet  ok   ok   403     403
officer-no-duty            edunet  ok   ok   403     403
officer-information        edunet  ok   ok   ok      ok
officer-duty-ended         edunet  ok   ok   403     403
officer-not-accepted       edunet  acc  acc  acc     acc
head-beckside              edunet  403  403  403     403
superuser                  edunet  403  403  403     403
other-department           edunet  403  403  403     403
nobody                     schools 404  404  404     in
nobody                     edunet  in   in   in      in
"""
# Tested elsewhere, and where.
ELSEWHERE: dict[str, str] = {
    "break_glass": "test_glass",
    "end_opening": "test_glass",
    "explain_opening": "test_glass_explained",
    "mark_opening": "test_glass_told",
}
DOOR: set[str] = {
    "break_glass", "count_exactly", "end_opening", "explain_opening", "list_my_openings", "list_openings",
    "mark_opening", "list_openings_to_mark",
}  # fmt: skip
REGISTER: set[str] = set()
