"""The page Operations, and monitoring (A17)."""

PAGES = {
    "operations": "operations/",
    "health": "health/",
}
TABLE = """
                           site    operations health
head-beckside              schools 404        404
deputy-beckside            schools 404        404
teacher-beckside           schools 404        404
assistant-beckside         schools 404        404
absent-beckside            schools 404        404
governor-beckside          schools 404        404
third-party-beckside       schools 404        404
head-ravensgill            schools 404        404
head-larkroyd              schools 404        404
teacher-larkroyd           schools 404        404
teacher-ended              schools 404        404
teacher-tomorrow           schools 404        404
teacher-not-accepted       schools 404        404
superuser                  schools 404        404
other-department           schools 404        404
officer-admissions         schools 404        404
officer-data               schools 404        404
officer-admissions         edunet  403        404
officer-data               edunet  403        404
officer-school-improvement edunet  403        404
officer-no-duty            edunet  403        404
officer-information        edunet  ok         404
officer-duty-ended         edunet  403        404
officer-not-accepted       edunet  acc        404
head-beckside              edunet  403        403
superuser                  edunet  ok         403
other-department           edunet  403        403
nobody                     schools 404        404
nobody                     edunet  in         404
"""
# Tested elsewhere, and where.
ELSEWHERE: dict[str, str] = {}
DOOR: set[str] = {"show_operations"}
REGISTER: set[str] = set()
