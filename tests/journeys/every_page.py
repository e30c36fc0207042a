"""The addresses of both sites, by who looks at their pages and how. An address in none of these lists fails a test."""

from sharing.demo.places import BECKSIDE, OXENBY, RAVENSGILL

HERE = f"/establishments/{BECKSIDE}"

# Name of the URL -> the address to look at. Other pages with the same URL name follow below.
OPEN = {
    "guidance": "/guidance/",
    "same_data": "/same-data/",
    "protocol": "/protocol/",
    "demo_sign_in": "/demo/sign-in/",
    "account_login": "/sign-in/",
    "account_reset_password": "/password/reset/",
    "account_reset_password_done": "/password/reset/sent/",
    "account_reset_password_from_key": "/password/reset/1-nonsense/",
    "account_reset_password_from_key_done": "/password/reset/done/",
    "account_inactive": "/account/inactive/",
    "account_signup": "/sign-up/",
    "ledger_seal": "/ledger/seal/",
    "socialaccount_login_cancelled": "/sign-in/cancelled/",
}

SIGNED_IN = {
    "home": "/",
    "establishments": "/establishments/",
    "establishment": f"{HERE}/",
    "pupils": f"{HERE}/pupils/",
    "find": "/find/",
    "key_data": f"{HERE}/key-data/",
    "deeper": f"{HERE}/deeper/",
    "behind_bar": f"{HERE}/deeper/children/?measure=roll_pupils&year=2025&group=sex:F",
    "own_groups": f"{HERE}/groups/",
    "school_finder": "/school-finder/",
    "statistics": "/statistics/",
    "statistics_of": f"{HERE}/statistics/",
    "dashboard": f"{HERE}/dashboard/",
    "report_misuse": "/report-misuse/school-finder/",
    "report_misuse_at": f"/report-misuse/key-data/{BECKSIDE}/",
    "my_reports": "/your-reports/",
    "breaches": "/breaches/",
    "report_breach": "/breaches/report/",
    "reports": f"{HERE}/reports/",
    "support": f"{HERE}/support/",
    "staff": f"{HERE}/staff/",
    "ask_for_download": f"{HERE}/downloads/pupils/new/?year_group=5",
    "my_downloads": "/my-downloads/",
    "imports": f"{HERE}/imports/",
    "bring_in": f"{HERE}/imports/add/",
    "data_quality": f"{HERE}/data-quality/",
    "finding": f"{HERE}/data-quality/meals/",
    "challenges": f"{HERE}/challenges/",
    "challenge_figure": f"{HERE}/challenge/",
    "returns": f"{HERE}/returns/",
    "accept_protocol": "/protocol/accept/",
    "participants": "/participation/",
    "participation": f"{HERE}/participation/",
    "all_signatories": "/protocol/signatories/",
    "signatories": f"{HERE}/signatories/",
    "transfers": f"{HERE}/transfers/",
    "joiners_and_leavers": f"{HERE}/joiners-and-leavers/",
    "my_access": "/my-access/",
    "my_caseload": "/caseload/",
    "release_calendar": "/calendar/",
    "release_history": "/calendar/ks2/",
    "account_logout": "/sign-out/",
    "account_change_password": "/password/change/",
    "account_reauthenticate": "/confirm/",
    "mfa_index": "/account/",
    "second_factor": "/account/second-factor/",
    "mfa_activate_totp": "/account/app/",
    "mfa_list_webauthn": "/account/passkeys/",
    "mfa_add_webauthn": "/account/passkeys/add/",
}

AT_SCHOOLS = {
    "make_own_group": f"{HERE}/groups/add/",
    "publish_offer": f"{HERE}/support/offers/add/",
    "openings_here": f"{HERE}/opened-records/",
    "ledger_people": f"{HERE}/ledger/people/",
    "closings_here": f"{HERE}/closed-records/",
    "our_data": f"{HERE}/our-data/",
    "leave_protocol": f"{HERE}/participation/leave/",
    "responsible": f"{HERE}/participation/people/",
    "notes_to_head": f"{HERE}/officers-notes/",
    "register": f"{HERE}/register/",
    "officers_here": f"{HERE}/register/officers/",
    "add_person": f"{HERE}/register/add/",
    "review": f"{HERE}/register/review/",
    "upload_staff": f"{HERE}/register/staff/",
    "copy_forward": f"{HERE}/register/copy/",
    "confirm_register": f"{HERE}/register/confirm/",
    "third_parties": f"{HERE}/register/third-parties/",
    "add_contract": f"{HERE}/register/third-parties/add/",
    "register_print": f"{HERE}/register/print/",
    "downloads_here": f"{HERE}/downloads/",
    "register_then": f"{HERE}/register/as-it-was/?on=1/9/2025",
    "ledger": f"{HERE}/ledger/",
    "patterns_here": f"{HERE}/unusual-patterns/",
    "subject_requests": f"{HERE}/subject-access/",
    "record_subject_request": f"{HERE}/subject-access/record/",
}

SIGNED_IN_AT_EDUNET = {
    "session_purpose": "/purpose/",
    "handovers": "/handovers/",
    "all_transfers": "/transfers/",
    "transfer_from_outside": "/transfers/from-outside/",
    "children_missing": "/children-missing/",
    "accuracy_desk": "/accuracy/",
    "misuse_reports": "/misuse-reports/",
    "advice_desk": "/advice/",
    "write_advice": "/advice/write/",
    "look_for_a_child": "/break-glass/",
    "my_openings": "/break-glass/yours/",
    "orders_to_authorise": "/legal-overrides/to-authorise/",
    "localities": "/localities/",
    "locality": "/localities/1/",
    "moving": f"{HERE}/locality/",
    "returns_across": "/returns/",
    "visit_page": f"{HERE}/visit/",
    "save_view": "/saved-views/establishments/add/?kind=nursery",
}

# Looked at by test_transfers, with children of its own.
OF_A_TRANSFER = {"transfer_begin", "transfer_answer", "transfer_cancel", "transfer_arrived", "pupil_left"}

# On both sites, each at its own address: for the school with a handover under way, and for one without.
OF_A_HEADSHIP = {"headship", "name_successor", "cancel_handover"}

# Looked at by test_confidential.
CONFIDENTIAL = {"confidential_items", "confidential_item", "confidential_file"}
CONFIDENTIAL_AT_SCHOOLS = {"consents", "narrow_item", "withdraw_consent", "confirm_consent"}
CONFIDENTIAL_AT_EDUNET = {"add_confidential", "add_confidential_file", "withdraw_confidential"}

# An import is looked at by test_imports.
BY_A_LINK = {
    "past_release",  # tests/journeys/test_support.py
    "misuse_report",  # tests/journeys/test_misuse.py
    "breach", "breach_vote", "breach_appeal", "breach_answer", "breach_again",  # tests/journeys/test_breaches.py
    "breach_tell",
    "unusual_pattern",  # tests/journeys/test_unusual.py
    "guide", "pupil", "found", "import", "member", "transfer_file", "leaver_file", "challenge", "challenge_pupil",
    "challenge_staff", "who_may_see",
    "own_group", "change_own_group", "own_group_members",  # tests/journeys/test_deeper.py
    "open_table", "named_table",  # tests/journeys/test_statistics.py
}  # fmt: skip

BY_A_LINK_AT_SCHOOLS = {
    "change_offer", "ask_for_support", "support_request",  # tests/journeys/test_support.py
    "ledger_of_child", "ledger_of_member",
    "join_protocol",  # tests/journeys/test_participation.py
    "change_line", "withdraw", "invitation", "check_staff", "leave", "narrow", "suspend", "resume", "story",
    "headship_offer", "contract", "add_third_party", "record_dbs", "change_contract", "end_contract",
    "record_certificate",
}  # fmt: skip

NO_PAGE_OF_ITS_OWN_AT_SCHOOLS = {
    "withdraw_offer", "take_back_support_request",
    "agree_closing_here",
    "subject_request", "prepare_answer",  # tests/journeys/test_subject_access.py
    "health",
    "act_for", "confirm_line", "lower_line", "undo_review", "own_list", "send_again", "staff_template",
    "contract_document",
}  # fmt: skip

BY_THE_INFORMATION_MANAGER = {
    "patterns_here", "all_patterns",
    "ledger", "all_ledger", "officers", "add_officer", "openings_to_mark", "officer", "give_duty",
    "give_casework", "casework", "take_child_out", "orders", "record_order",  # tests/journeys/test_casework.py
    "end_order",
    "change_officer", "former_officers",  # tests/journeys/test_every_page.py
    "authorise_remote_use", "end_appointment", "end_duty", "confirm_duty", "end_remote_use",
}  # fmt: skip

NO_PAGE_OF_ITS_OWN_AT_EDUNET = {
    # by an information manager: tests/journeys/test_breaches.py
    "breach_concern", "breach_refer", "breach_evidence", "breach_seat",
    "openings_here", "closings", "close_child", "break_glass",  # tests/journeys/test_overrides.py
    "end_opening", "explain_opening", "agree_closing", "end_closing",
    "retention", "ask_for_disposal", "disposal", "decide_disposal", "holds",  # tests/journeys/test_retention.py
    "place_hold", "lift_hold",
    "subject_requests", "record_subject_request", "subject_request",  # tests/journeys/test_subject_access.py
    "prepare_answer",
    "certificate_of_disposal",
    "authorise_order",
    "downloads_here",  # by an officer who keeps the duties: tests/test_who_sees_what.py
    "acknowledge_misuse", "close_misuse",
    "advice_page", "change_advice", "advice_version", "ask_for_agreement",  # tests/journeys/test_advice.py
    "agree_advice", "hand_back_advice", "take_down_advice", "discard_advice",
    "ask_to_destroy_advice", "destroy_advice", "keep_advice",
    "take_back_move",
    "end_type", "change_note", "remove_note", "remove_left_note", "forget_view",  # tests/journeys/test_workbench.py
    "confirm_officer",
    # by an information manager: tests/journeys/test_workbench.py
    "community", "list_type", "add_centre", "without_head", "first_head", "upload_heads",
    "check_heads", "heads_template", "close_centre", "reopen_centre",
    "operations",  # by who runs the service: tests/journeys/test_operations.py
    "make_own_group",
    "verify_successor", "check_release", "schedule_release", "postpone_release", "withdraw_release",
    "stop_release", "show_release_again",  # tests/measures/test_stopped_releases.py
    "releases", "release",  # by an officer who runs them: tests/journeys/test_releases.py
    "statistics_desk", "statistics_request", "statistics_progress",
}  # fmt: skip

# Looked at by test_passkeys and test_sign_in, since these need a second factor that has been set up.
WITH_A_SECOND_FACTOR = {
    "mfa_authenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_deactivate_totp",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_edit_webauthn", "mfa_remove_webauthn",
}  # fmt: skip

NO_PAGE_OF_ITS_OWN = {
    "breaches_from", "suspension",  # tests/access_register/test_breaches.py
    "mark_opening",
    "my_downloads_of", "download_progress", "collect_download",
    "download", "download_passphrase",  # tests/journeys/test_downloads.py
    "ledger_heads",
    "establishments_file", "key_data_file",
    "report_file", "reports_progress", "ask_for_report",  # looked at by test_reports
    "deeper_file", "archive_own_group",
    "open_table_file", "named_table_file",
    "pupil_columns",
    "pass_on_challenge", "take_back_challenge", "confirm_return",
    "sign_out_everywhere", "mfa_download_recovery_codes", "mfa_login_webauthn", "openid_connect_login",
    "openid_connect_callback", "import_progress", "import_report", "settle_import",
    "import_people",  # looked at by test_imports
    "stay_signed_in",
}  # fmt: skip

AND_ALSO = [
    "/establishments/?sort=idaci",
    f"/establishments/{RAVENSGILL}/key-data/",
    "/establishments/?kind=primary",
    "/establishments/?named=nothing+of+the+kind",
    f"/establishments/{OXENBY}/",
    f"{HERE}/deeper/?measure=attendance_persistent&by=sex&and=fsm",
    f"{HERE}/deeper/?measure=phonics_met&by=earlier&and=ethnicity",
    f"/establishments/{RAVENSGILL}/deeper/?by=ethnicity",
    f"{HERE}/pupils/?page=2",
    f"{HERE}/pupils/?year_group=4&sex=F&fsm=yes&sort=class",
    f"{HERE}/staff/?work=teaching&contract=PRM",
]
