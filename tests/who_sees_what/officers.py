"""Officers and their duties."""

PAGES = {
    "officers": "officers/",
    "record": "officers/add/",
    "former": "officers/former/",
    "here": "establishments/999002/register/officers/",
}
TABLE = """
                           site    officers record former here
head-beckside              schools 404      404    404    ok
deputy-beckside            schools 404      404    404    ok
teacher-beckside           schools 404      404    404    403
assistant-beckside         schools 404      404    404    403
absent-beckside            schools 404      404    404    404
governor-beckside          schools 404      404    404    403
third-party-beckside       schools 404      404    404    403
head-ravensgill            schools 404      404    404    404
head-larkroyd              schools 404      404    404    404
teacher-larkroyd           schools 404      404    404    404
teacher-ended              schools 404      404    404    404
teacher-tomorrow           schools 404      404    404    404
teacher-not-accepted       schools 404      404    404    acc
superuser                  schools 404      404    404    404
other-department           schools 404      404    404    404
officer-admissions         schools 404      404    404    404
officer-data               schools 404      404    404    404
officer-admissions         edunet  403      403    403    404
officer-data               edunet  403      403    403    404
officer-school-improvement edunet  403      403    403    404
officer-no-duty            edunet  403      403    403    404
officer-information        edunet  ok       ok     ok     404
officer-duty-ended         edunet  403      403    403    404
officer-not-accepted       edunet  acc      acc    acc    404
head-beckside              edunet  403      403    403    403
superuser                  edunet  403      403    403    403
other-department           edunet  403      403    403    403
nobody                     schools 404      404    404    in
nobody                     edunet  in       in     in     404
"""
# Tested elsewhere, and where.
ELSEWHERE: dict[str, str] = {
    "officer": "test_officers",
    "change_officer": "test_appointments",
    "give_duty": "test_duties",
    "authorise_remote_use": "test_officers",
    "end_appointment": "test_officers",
    "end_duty": "test_duties",
    "remove_left_note": "test_visit_notes",
    "confirm_officer": "test_officers",
    "confirm_duty": "test_duties",
    "end_remote_use": "test_officers",
}
DOOR: set[str] = set()
REGISTER: set[str] = {
    "change_officer", "confirm_officer", "list_former_officers",
    "authorise_remote_use", "confirm_duty", "end_appointment", "end_duty", "end_remote_use", "give_duty",
    "list_officers", "record_officer", "remove_left_note", "show_left_note", "show_officer", "show_officers_here",
}  # fmt: skip
