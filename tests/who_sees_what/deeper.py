"""Deeper Data and own groups."""

PAGES = {
    "deep": "establishments/999002/deeper/?measure=attendance_persistent&by=sex",
    "deep-e": "establishments/999003/deeper/",
    "deep-x": "establishments/999004/deeper/",
    "deep-f": "establishments/999003/deeper/download/csv/",
    "behind": "establishments/999002/deeper/children/?measure=roll_pupils&year=2025&group=sex:F",
    "groups": "establishments/999002/groups/",
    "make": "establishments/999002/groups/add/",
}
TABLE = """
                           site    deep deep-e deep-x deep-f behind groups make
head-beckside              schools ok   ok     404    ok     ok     ok     ok
deputy-beckside            schools ok   ok     404    ok     ok     ok     ok
teacher-beckside           schools ok   ok     404    ok     ok     ok     ok
assistant-beckside         schools ok   ok     404    ok     ok     ok     ok
absent-beckside            schools 404  404    404    404    404    404    404
governor-beckside          schools ok   ok     404    ok     403    403    403
third-party-beckside       schools ok   ok     404    ok     403    403    403
head-ravensgill            schools ok   ok     404    ok     404    404    404
head-larkroyd              schools 404  404    ok     404    404    404    404
teacher-larkroyd           schools 404  404    ok     404    404    404    404
teacher-ended              schools 404  404    404    404    404    404    404
teacher-tomorrow           schools 404  404    404    404    404    404    404
teacher-not-accepted       schools acc  acc    acc    acc    acc    acc    acc
superuser                  schools 404  404    404    404    404    404    404
other-department           schools 404  404    404    404    404    404    404
officer-admissions         schools 404  404    404    404    404    404    404
officer-data               schools 404  404    404    404    404    404    404
officer-admissions         edunet  ok   ok     ok     ok     ok     ok     403
officer-data               edunet  ok   ok     ok     ok     ok     ok     403
officer-school-improvement edunet  ok   ok     ok     ok     ok     ok     403
officer-no-duty            edunet  ok   ok     ok     ok     403    403    403
officer-information        edunet  ok   ok     ok     ok     403    403    403
officer-duty-ended         edunet  ok   ok     ok     ok     403    403    403
officer-not-accepted       edunet  acc  acc    acc    acc    acc    acc    acc
head-beckside              edunet  403  403    403    403    403    403    403
superuser                  edunet  403  403    403    403    403    403    403
other-department           edunet  403  403    403    403    403    403    403
nobody                     schools in   in     in     in     in     in     in
nobody                     edunet  in   in     in     in     in     in     in
"""
# Tested elsewhere, and where.
ELSEWHERE: dict[str, str] = {
    "own_group": "test_own_groups",
    "change_own_group": "test_own_groups",
    "own_group_members": "test_own_groups",
    "archive_own_group": "test_own_groups",
}
DOOR: set[str] = {
    "archive_own_group", "change_members", "change_own_group", "list_behind", "list_own_groups", "make_own_group",
    "show_deeper", "show_making", "show_members", "show_own_group",
}  # fmt: skip
REGISTER: set[str] = set()
