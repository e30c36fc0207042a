"""Establishments, pupils, staff and the Access Register."""

PAGES = {
    "establishment": "establishments/999002/",
    "pupils": "establishments/999002/pupils/",
    "pupil": "establishments/999002/pupils/{pupil}/",
    "yr-1": "establishments/999002/pupils/{in_year_1}/",
    "staff": "establishments/999002/staff/",
    "register": "establishments/999002/register/",
    "add": "establishments/999002/register/add/",
    "third": "establishments/999002/register/third-parties/",
    "review": "establishments/999002/register/review/",
    "print": "establishments/999002/register/print/",
    "csv": "establishments/999002/downloads/register/new/",
    "then": "establishments/999002/register/as-it-was/?on=1/9/2025",
    "elsewhere": "establishments/999003/",
    "excluded": "establishments/999004/",
    "outside": "establishments/999015/",
    "list": "establishments/",
}
TABLE = """
                           site    establishment pupils pupil yr-1 staff register add third review print csv then elsewhere excluded outside list
head-beckside              schools ok            ok     ok    ok   ok    ok       ok  ok    ok     ok    ok  ok   ok        404      404     ok
deputy-beckside            schools ok            ok     ok    ok   ok    ok       ok  ok    ok     ok    ok  ok   ok        404      404     ok
teacher-beckside           schools ok            ok     ok    ok   403   403      403 403   403    403   403 403  ok        404      404     ok
assistant-beckside         schools ok            ok     404   ok   403   403      403 403   403    403   403 403  ok        404      404     ok
absent-beckside            schools 404           404    404   404  404   404      404 404   404    404   404 404  404       404      404     ok
governor-beckside          schools ok            403    403   403  403   403      403 403   403    403   403 403  ok        404      404     ok
third-party-beckside       schools ok            403    403   403  403   403      403 403   403    403   403 403  ok        404      404     ok
head-ravensgill            schools ok            404    404   404  404   404      404 404   404    404   404 404  ok        404      404     ok
head-larkroyd              schools 404           404    404   404  404   404      404 404   404    404   404 404  404       ok       404     ok
teacher-larkroyd           schools 404           404    404   404  404   404      404 404   404    404   404 404  404       ok       404     ok
teacher-ended              schools 404           404    404   404  404   404      404 404   404    404   404 404  404       404      404     ok
teacher-tomorrow           schools 404           404    404   404  404   404      404 404   404    404   404 404  404       404      404     ok
teacher-not-accepted       schools acc           acc    acc   acc  acc   acc      acc acc   acc    acc   acc acc  acc       acc      acc     acc
superuser                  schools 404           404    404   404  404   404      404 404   404    404   404 404  404       404      404     ok
other-department           schools 404           404    404   404  404   404      404 404   404    404   404 404  404       404      404     ok
officer-admissions         schools 404           404    404   404  404   404      404 404   404    404   404 404  404       404      404     ok
officer-data               schools 404           404    404   404  404   404      404 404   404    404   404 404  404       404      404     ok
officer-admissions         edunet  ok            ok     ok    ok   403   404      404 404   404    404   403 404  ok        ok       404     ok
officer-data               edunet  ok            ok     ok    ok   ok    404      404 404   404    404   403 404  ok        ok       404     ok
officer-school-improvement edunet  ok            ok     ok    ok   403   404      404 404   404    404   403 404  ok        ok       404     ok
officer-no-duty            edunet  ok            403    403   403  403   404      404 404   404    404   403 404  ok        ok       404     ok
officer-information        edunet  ok            403    403   403  403   404      404 404   404    404   403 404  ok        ok       404     ok
officer-duty-ended         edunet  ok            403    403   403  403   404      404 404   404    404   403 404  ok        ok       404     ok
officer-not-accepted       edunet  acc           acc    acc   acc  acc   404      404 404   404    404   acc 404  acc       acc      acc     acc
head-beckside              edunet  403           403    403   403  403   403      403 403   403    403   403 403  403       403      403     403
superuser                  edunet  403           403    403   403  403   403      403 403   403    403   403 403  403       403      403     403
other-department           edunet  403           403    403   403  403   403      403 403   403    403   403 403  403       403      403     403
nobody                     schools in            in     in    in   in    in       in  in    in     in    in  in   in        in       in      in
nobody                     edunet  in            in     in    in   in    404      404 404   404    404   in  404  in        in       in      in
"""  # noqa: E501
# Tested elsewhere, and where.
ELSEWHERE: dict[str, str] = {
    "home": "test_home",
    "act_for": "test_home",
    "change_line": "test_register",
    "withdraw": "test_register",
    "headship": "test_handovers",
    "name_successor": "test_handovers",
    "cancel_handover": "test_handovers",
    "confirm_register": "test_taken_over",
    "headship_offer": "test_handovers",
    "handovers": "test_handovers",
    "verify_successor": "test_handovers",
    "add_contract": "test_third_parties",
    "contract": "test_third_parties",
    "add_third_party": "test_third_parties",
    "contract_document": "test_third_parties",
    "record_dbs": "test_third_parties",
    "change_contract": "test_third_parties",
    "end_contract": "test_third_parties",
    "record_certificate": "test_certificates",
    "narrow": "test_narrowing",
    "suspend": "test_suspension",
    "resume": "test_suspension",
    "story": "test_history",
    "send_again": "test_invitations",
    "upload_staff": "test_bulk",
    "check_staff": "test_bulk",
    "staff_template": "test_bulk",
    "copy_forward": "test_bulk",
    "confirm_line": "test_reviews",
    "lower_line": "test_reviews",
    "undo_review": "test_reviews",
    "signatories": "test_protocol",
    "all_signatories": "test_protocol",
    "my_access": "test_my_access",
    "leave": "test_my_access",
    "member": "test_staff",
}
DOOR: set[str] = {
    "choose_columns", "keep_own_list", "list_establishments", "list_pupils", "list_staff", "my_places",
    "show_establishment", "show_member", "show_pupil",
}  # fmt: skip
REGISTER: set[str] = {
    "accept", "accept_headship", "accept_protocol", "add_third_party", "apply_staff", "cancel_handover",
    "change_access", "change_contract", "check_access", "check_third_party", "confirm_lines", "confirm_register",
    "copy_forward", "end_contract", "fetch_document", "give_access", "leave_register", "list_ended",
    "list_handovers", "list_signatories", "lower_line", "name_successor", "narrow_access", "preview_staff",
    "print_register", "record_certificate", "record_contract", "record_dbs", "resume_access", "send_again",
    "show_adding", "show_contract", "show_headship", "show_line", "show_my_access", "show_my_line", "show_narrowing",
    "show_offer", "show_register", "show_register_on", "show_review", "show_signatories", "show_story",
    "show_taken_over", "show_third_parties", "suspend_access", "undo", "verify_successor", "withdraw_access",
}  # fmt: skip
