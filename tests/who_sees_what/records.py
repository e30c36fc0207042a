"""Finding children, transfers, imports and the accuracy of records."""

PAGES = {
    "find": "find/",
    "transfers": "establishments/999002/transfers/",
    "moves": "establishments/999002/joiners-and-leavers/",
    "begin": "establishments/999002/pupils/{in_year_1}/transfer/",
    "left": "establishments/999002/pupils/{in_year_1}/left/",
    "all": "transfers/",
    "missing": "children-missing/",
    "told": "transfers/from-outside/",
    "imports": "establishments/999002/imports/",
    "quality": "establishments/999002/data-quality/",
    "chall": "establishments/999002/challenges/",
    "returns": "establishments/999002/returns/",
}
TABLE = """
                           site    find transfers moves begin left all missing told imports quality chall returns
head-beckside              schools ok   ok        ok    ok    ok   404 404     404  ok      ok      ok    ok
deputy-beckside            schools ok   ok        ok    ok    ok   404 404     404  ok      ok      ok    ok
teacher-beckside           schools ok   ok        ok    403   403  404 404     404  403     ok      ok    403
assistant-beckside         schools ok   ok        ok    403   403  404 404     404  403     ok      ok    403
absent-beckside            schools 403  404       404   404   404  404 404     404  404     404     404   404
governor-beckside          schools 403  403       403   403   403  404 404     404  403     403     ok    403
third-party-beckside       schools 403  403       403   403   403  404 404     404  403     403     ok    403
head-ravensgill            schools ok   404       404   404   404  404 404     404  404     404     404   404
head-larkroyd              schools ok   404       404   404   404  404 404     404  404     404     404   404
teacher-larkroyd           schools ok   404       404   404   404  404 404     404  404     404     404   404
teacher-ended              schools 403  404       404   404   404  404 404     404  404     404     404   404
teacher-tomorrow           schools 403  404       404   404   404  404 404     404  404     404     404   404
teacher-not-accepted       schools acc  acc       acc   acc   acc  404 404     404  acc     acc     acc   acc
superuser                  schools 403  404       404   404   404  404 404     404  404     404     404   404
other-department           schools 403  404       404   404   404  404 404     404  404     404     404   404
officer-admissions         schools 403  404       404   404   404  404 404     404  404     404     404   404
officer-data               schools 403  404       404   404   404  404 404     404  404     404     404   404
officer-admissions         edunet  ok   ok        ok    ok    ok   ok  ok      ok   ok      ok      ok    ok
officer-data               edunet  ok   ok        ok    ok    ok   ok  ok      ok   ok      ok      ok    ok
officer-school-improvement edunet  ok   ok        ok    403   403  ok  ok      403  403     ok      ok    403
officer-no-duty            edunet  403  403       403   403   403  403 403     403  403     403     ok    403
officer-information        edunet  403  403       403   403   403  403 403     403  403     403     ok    403
officer-duty-ended         edunet  403  403       403   403   403  403 403     403  403     403     ok    403
officer-not-accepted       edunet  acc  acc       acc   acc   acc  acc acc     acc  acc     acc     acc   acc
head-beckside              edunet  403  403       403   403   403  403 403     403  403     403     403   403
superuser                  edunet  403  403       403   403   403  403 403     403  403     403     403   403
other-department           edunet  403  403       403   403   403  403 403     403  403     403     403   403
nobody                     schools in   in        in    in    in   404 404     404  in      in      in    in
nobody                     edunet  in   in        in    in    in   in  in      in   in      in      in    in
"""
# Tested elsewhere, and where.
ELSEWHERE: dict[str, str] = {
    "found": "test_find",
    "pupil_columns": "test_pupil_list",
    "own_list": "test_own_lists",
    "transfer_answer": "test_transfer_pages",
    "transfer_cancel": "test_transfer_pages",
    "transfer_arrived": "test_transfer_pages",
    "bring_in": "sharing/imports/test_pages",
    "import": "sharing/imports/test_pages",
    "import_progress": "sharing/imports/test_pages",
    "import_report": "sharing/imports/test_pages",
    "import_people": "sharing/imports/test_people_behind",
    "settle_import": "sharing/imports/test_pages",
    "finding": "test_quality",
    "challenge": "test_challenges",
    "challenge_pupil": "test_challenges",
    "challenge_staff": "test_challenges",
    "challenge_figure": "test_challenges",
    "pass_on_challenge": "test_challenges",
    "take_back_challenge": "test_challenges_taken_back",
    "confirm_return": "test_returns",
    "accuracy_desk": "test_returns",
    "establishments_file": "test_establishment_files",
    "transfer_file": "test_transfer_file",
    "leaver_file": "test_transfer_file",
}
DOOR: set[str] = {
    "accept_transfer", "answer_challenge", "begin_transfer", "cancel_transfer", "confirm_return", "decline_transfer",
    "download_problems", "end_enrolment", "find_children", "list_all_transfers", "list_challenges", "list_imports",
    "list_missing", "list_people_behind", "make_leaver_file", "make_transfer_file", "may_find", "pass_on_challenge",
    "raise_challenge", "say_arrived", "settle_import", "show_accuracy_desk", "show_beginning", "show_challenge",
    "show_finding", "show_from_outside", "show_import", "show_leaver_file", "show_leaving", "show_moves",
    "show_progress", "show_quality", "show_returns", "show_subject", "show_transfer", "show_transfer_file",
    "show_transfers", "take_back_challenge", "take_back_leaving", "tell_from_outside", "upload_import",
}  # fmt: skip
REGISTER: set[str] = set()
