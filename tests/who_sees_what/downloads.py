"""Taking records away, and what people hold of an establishment."""

PAGES = {
    "take": "establishments/999002/downloads/pupils/new/",
    "take-s": "establishments/999002/downloads/staff/new/",
    "taken": "establishments/999002/downloads/",
    "mine": "my-downloads/",
}
TABLE = """
                           site    take take-s taken mine
head-beckside              schools ok   ok     ok    ok
deputy-beckside            schools ok   ok     ok    ok
teacher-beckside           schools ok   403    403   ok
assistant-beckside         schools ok   403    403   ok
absent-beckside            schools 404  404    404   ok
governor-beckside          schools 403  403    403   ok
third-party-beckside       schools 403  403    403   ok
head-ravensgill            schools 404  404    404   ok
head-larkroyd              schools 404  404    404   ok
teacher-larkroyd           schools 404  404    404   ok
teacher-ended              schools 404  404    404   ok
teacher-tomorrow           schools 404  404    404   ok
teacher-not-accepted       schools acc  acc    acc   acc
superuser                  schools 404  404    404   ok
other-department           schools 404  404    404   ok
officer-admissions         schools 404  404    404   ok
officer-data               schools 404  404    404   ok
officer-admissions         edunet  ok   403    403   ok
officer-data               edunet  ok   ok     403   ok
officer-school-improvement edunet  ok   403    403   ok
officer-no-duty            edunet  403  403    403   ok
officer-information        edunet  403  403    ok    ok
officer-duty-ended         edunet  403  403    403   ok
officer-not-accepted       edunet  acc  acc    acc   acc
head-beckside              edunet  403  403    403   403
superuser                  edunet  403  403    403   403
other-department           edunet  403  403    403   403
nobody                     schools in   in     in    in
nobody                     edunet  in   in     in    in
"""
# Tested elsewhere, and where.
ELSEWHERE: dict[str, str] = {
    "collect_download": "downloads/test_taking",
    "download": "downloads/test_taking",
    "download_passphrase": "downloads/test_taking",
    "download_progress": "downloads/test_large",
    "my_downloads_of": "downloads/test_disposal",
}
DOOR: set[str] = {
    "ask_for_download", "collect_download", "confirm_disposal", "list_downloads_here", "list_my_downloads",
    "note_destroyed", "print_records", "show_asking", "show_download", "show_passphrase",
}  # fmt: skip
REGISTER: set[str] = set()
