"""Preparing a visit: officers with a duty there, and the head who reads some notes; views that officers keep."""

PAGES = {
    "visit": "establishments/999002/visit/",
    "to-head": "establishments/999002/officers-notes/",
    "keep": "saved-views/establishments/add/",
}
TABLE = """
                           site    visit to-head keep
head-beckside              schools 404   ok      404
deputy-beckside            schools 404   ok      404
teacher-beckside           schools 404   403     404
assistant-beckside         schools 404   403     404
absent-beckside            schools 404   404     404
governor-beckside          schools 404   403     404
third-party-beckside       schools 404   403     404
head-ravensgill            schools 404   404     404
head-larkroyd              schools 404   404     404
teacher-larkroyd           schools 404   404     404
teacher-ended              schools 404   404     404
teacher-tomorrow           schools 404   404     404
teacher-not-accepted       schools 404   acc     404
superuser                  schools 404   404     404
other-department           schools 404   404     404
officer-admissions         schools 404   404     404
officer-data               schools 404   404     404
officer-admissions         edunet  ok    404     ok
officer-data               edunet  ok    404     ok
officer-school-improvement edunet  ok    404     ok
officer-no-duty            edunet  403   404     ok
officer-information        edunet  403   404     ok
officer-duty-ended         edunet  403   404     ok
officer-not-accepted       edunet  acc   404     acc
head-beckside              edunet  403   403     403
superuser                  edunet  403   403     403
other-department           edunet  403   403     403
nobody                     schools 404   in      404
nobody                     edunet  in    404     in
"""
# Tested elsewhere, and where.
ELSEWHERE: dict[str, str] = {
    "change_note": "test_visit_notes",
    "remove_note": "test_visit_notes",
    "forget_view": "test_saved_views",
}
DOOR: set[str] = {
    "change_note", "forget_view", "list_notes_to_head", "remove_note", "save_view", "show_note", "show_saving",
    "show_visit", "write_note",
}  # fmt: skip
REGISTER: set[str] = set()
