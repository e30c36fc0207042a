"""The officers' workbench: Localities, returns across establishments, and what makes the community."""

PAGES = {
    "locs": "localities/",
    "moving": "establishments/999002/locality/",
    "across": "returns/",
    "comm": "community/",
    "c-add": "community/centres/add/",
    "t-add": "community/types/add/",
    "heads": "community/heads/",
    "h-list": "community/heads/list/",
}
TABLE = """
                           site    locs moving across comm c-add t-add heads h-list
head-beckside              schools 404  404    404    404  404   404   404   404
deputy-beckside            schools 404  404    404    404  404   404   404   404
teacher-beckside           schools 404  404    404    404  404   404   404   404
assistant-beckside         schools 404  404    404    404  404   404   404   404
absent-beckside            schools 404  404    404    404  404   404   404   404
governor-beckside          schools 404  404    404    404  404   404   404   404
third-party-beckside       schools 404  404    404    404  404   404   404   404
head-ravensgill            schools 404  404    404    404  404   404   404   404
head-larkroyd              schools 404  404    404    404  404   404   404   404
teacher-larkroyd           schools 404  404    404    404  404   404   404   404
teacher-ended              schools 404  404    404    404  404   404   404   404
teacher-tomorrow           schools 404  404    404    404  404   404   404   404
teacher-not-accepted       schools 404  404    404    404  404   404   404   404
superuser                  schools 404  404    404    404  404   404   404   404
other-department           schools 404  404    404    404  404   404   404   404
officer-admissions         schools 404  404    404    404  404   404   404   404
officer-data               schools 404  404    404    404  404   404   404   404
officer-admissions         edunet  ok   ok     ok     403  403   403   403   403
officer-data               edunet  ok   ok     ok     403  403   403   403   403
officer-school-improvement edunet  ok   ok     403    403  403   403   403   403
officer-no-duty            edunet  ok   ok     403    403  403   403   403   403
officer-information        edunet  ok   ok     403    ok   ok    ok    ok    ok
officer-duty-ended         edunet  ok   ok     403    403  403   403   403   403
officer-not-accepted       edunet  acc  acc    acc    acc  acc   acc   acc   acc
head-beckside              edunet  403  403    403    403  403   403   403   403
superuser                  edunet  403  403    403    403  403   403   403   403
other-department           edunet  403  403    403    403  403   403   403   403
nobody                     schools 404  404    404    404  404   404   404   404
nobody                     edunet  in   in     in     in   in    in    in    in
"""
# Tested elsewhere, and where.
ELSEWHERE: dict[str, str] = {
    "locality": "test_localities",
    "take_back_move": "test_localities",
    "first_head": "test_first_heads",
    "check_heads": "test_heads_file",
    "heads_template": "test_heads_file",
    "end_type": "test_community",
    "close_centre": "test_community",
    "reopen_centre": "test_community",
}
DOOR: set[str] = {
    "end_type", "show_ending_type", "close_centre", "show_closing_centre", "reopen_centre", "show_reopening_centre",
    "add_centre", "list_localities", "list_type", "move_establishment", "show_community", "show_locality",
    "show_moving", "show_returns_across", "show_workbench", "take_back_move",
}  # fmt: skip
REGISTER: set[str] = {
    "apply_first_heads", "list_without_head", "preview_first_heads", "record_first_head", "show_first_head",
    "take_back_first_head",
}  # fmt: skip
