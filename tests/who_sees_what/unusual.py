"""Unusual patterns in the ledger."""

PAGES = {
    "odd": "establishments/999002/unusual-patterns/",
    "odd-e": "establishments/999003/unusual-patterns/",
    "odd-all": "unusual-patterns/",
}
TABLE = """
                           site    odd odd-e odd-all
head-beckside              schools ok  404   404
deputy-beckside            schools 403 404   404
teacher-beckside           schools 403 404   404
assistant-beckside         schools 403 404   404
absent-beckside            schools 404 404   404
governor-beckside          schools 403 404   404
third-party-beckside       schools 403 404   404
head-ravensgill            schools 404 ok    404
head-larkroyd              schools 404 404   404
teacher-larkroyd           schools 404 404   404
teacher-ended              schools 404 404   404
teacher-tomorrow           schools 404 404   404
teacher-not-accepted       schools acc acc   404
superuser                  schools 404 404   404
other-department           schools 404 404   404
officer-admissions         schools 404 404   404
officer-data               schools 404 404   404
officer-admissions         edunet  403 403   403
officer-data               edunet  403 403   403
officer-school-improvement edunet  403 403   403
officer-no-duty            edunet  403 403   403
officer-information        edunet  ok  ok    ok
officer-duty-ended         edunet  403 403   403
officer-not-accepted       edunet  acc acc   acc
head-beckside              edunet  403 403   403
superuser                  edunet  403 403   403
other-department           edunet  403 403   403
nobody                     schools in  in    404
nobody                     edunet  in  in    in
"""
# Tested elsewhere, and where.
ELSEWHERE: dict[str, str] = {
    "unusual_pattern": "test_unusual",
}
DOOR: set[str] = {
    "explain_pattern", "list_all_patterns", "list_patterns", "refer_pattern", "show_pattern",
}  # fmt: skip
REGISTER: set[str] = set()
