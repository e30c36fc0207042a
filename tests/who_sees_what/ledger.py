"""Who has seen our data, and who may see a child's."""

PAGES = {
    "seen": "establishments/999002/ledger/",
    "seen-e": "establishments/999003/ledger/",
    "seen-all": "ledger/",
    "seen-child": "establishments/999002/pupils/{pupil}/ledger/",
    "seen-member": "establishments/999002/staff/{member}/ledger/",
    "seen-whose": "establishments/999002/ledger/people/",
    "may-see": "establishments/999002/pupils/{pupil}/who-may-see/",
}
TABLE = """
                           site    seen seen-e seen-all seen-child seen-member seen-whose may-see
head-beckside              schools ok   404    404      ok         ok          ok         ok
deputy-beckside            schools ok   404    404      ok         ok          ok         ok
teacher-beckside           schools 403  404    404      403        403         403        403
assistant-beckside         schools 403  404    404      403        403         403        403
absent-beckside            schools 404  404    404      404        404         404        404
governor-beckside          schools 403  404    404      403        403         403        403
third-party-beckside       schools 403  404    404      403        403         403        403
head-ravensgill            schools 404  ok     404      404        404         404        404
head-larkroyd              schools 404  404    404      404        404         404        404
teacher-larkroyd           schools 404  404    404      404        404         404        404
teacher-ended              schools 404  404    404      404        404         404        404
teacher-tomorrow           schools 404  404    404      404        404         404        404
teacher-not-accepted       schools acc  acc    404      acc        acc         acc        acc
superuser                  schools 404  404    404      404        404         404        404
other-department           schools 404  404    404      404        404         404        404
officer-admissions         schools 404  404    404      404        404         404        404
officer-data               schools 404  404    404      404        404         404        404
officer-admissions         edunet  403  403    403      404        404         404        ok
officer-data               edunet  403  403    403      404        404         404        ok
officer-school-improvement edunet  403  403    403      404        404         404        ok
officer-no-duty            edunet  403  403    403      404        404         404        403
officer-information        edunet  ok   ok     ok       404        404         404        403
officer-duty-ended         edunet  403  403    403      404        404         404        403
officer-not-accepted       edunet  acc  acc    acc      404        404         404        acc
head-beckside              edunet  403  403    403      403        403         403        403
superuser                  edunet  403  403    403      403        403         403        403
other-department           edunet  403  403    403      403        403         403        403
nobody                     schools in   in     404      in         in          in         in
nobody                     edunet  in   in     in       404        404         404        in
"""
# Tested elsewhere, and where.
ELSEWHERE: dict[str, str] = {}
DOOR: set[str] = {
    "list_people_in_ledger", "read_all_ledger", "read_ledger", "read_ledger_of_child",
    "read_ledger_of_member",
}  # fmt: skip
REGISTER: set[str] = {"show_who_may_see"}
