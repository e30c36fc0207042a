"""Children named one by one, and legal overrides that open."""

PAGES = {
    "mine": "caseload/",
    "orders": "legal-overrides/",
    "record": "legal-overrides/record/",
    "authorise": "legal-overrides/to-authorise/",
}
TABLE = """
                           site    mine orders record authorise
head-beckside              schools ok   404    404    404
deputy-beckside            schools ok   404    404    404
teacher-beckside           schools ok   404    404    404
assistant-beckside         schools ok   404    404    404
absent-beckside            schools 403  404    404    404
governor-beckside          schools ok   404    404    404
third-party-beckside       schools ok   404    404    404
head-ravensgill            schools ok   404    404    404
head-larkroyd              schools ok   404    404    404
teacher-larkroyd           schools ok   404    404    404
teacher-ended              schools 403  404    404    404
teacher-tomorrow           schools 403  404    404    404
teacher-not-accepted       schools acc  404    404    404
superuser                  schools 403  404    404    404
other-department           schools 403  404    404    404
officer-admissions         schools 403  404    404    404
officer-data               schools 403  404    404    404
officer-admissions         edunet  ok   403    403    ok
officer-data               edunet  ok   403    403    ok
officer-school-improvement edunet  ok   403    403    ok
officer-no-duty            edunet  ok   403    403    ok
officer-information        edunet  ok   ok     ok     ok
officer-duty-ended         edunet  ok   403    403    ok
officer-not-accepted       edunet  acc  acc    acc    acc
head-beckside              edunet  403  403    403    403
superuser                  edunet  403  403    403    403
other-department           edunet  403  403    403    403
nobody                     schools in   404    404    404
nobody                     edunet  in   in     in     in
"""
# Tested elsewhere, and where.
ELSEWHERE: dict[str, str] = {
    "authorise_order": "test_orders",
    "casework": "test_casework",
    "end_order": "test_orders",
    "give_casework": "test_casework",
    "take_child_out": "test_casework",
}
DOOR: set[str] = {"show_my_caseload"}
REGISTER: set[str] = {
    "authorise_order", "check_is_one", "end_order", "give_casework", "list_orders", "list_orders_to_authorise",
    "name_child", "record_order", "show_casework", "take_child_out",
}  # fmt: skip
