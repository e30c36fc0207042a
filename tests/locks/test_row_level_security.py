"""The second lock on its own: catalogue, context, writes, threads and plans (parts 5, 6, 8 and 9 of the proof)."""

import threading

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from access_register.models import RegisterLine
from sharing.authorise import Permission, Through, Withheld, visit
from sharing.conditions import KIND_IS_SHOWN
from sharing.models import (
    Enrolment,
    Establishment,
    EstablishmentPermission,
    LedgerEntry,
    Pupil,
    StaffMember,
    Transfer,
)
from sharing.rls import PROTECTED
from tests.locks.canaries import allowed, plant
from tests.locks.switches import rows, savepoint
from tests.people import EDUNET, as_batch, as_owner, asker, person

HEAD, TEACHER, GOVERNOR = "head-beckside", "teacher-beckside", "governor-beckside"
NARROWED = "assistant-beckside"
PERSONAL = {"surname", "forename", "upn", "upn_index", "born_on", "pupil_id", "child_id"}


def test_each_kind_that_a_head_may_withhold_is_withheld_by_the_database() -> None:
    """R35, R45: by the policy of a table of its own, since a policy hides rows and no columns."""
    rules = [table.reads for table in PROTECTED]
    shown = {kind for kind in Withheld if any(KIND_IS_SHOWN.format(category=kind.value) in rule for rule in rules)}
    assert shown == set(Withheld), f"No table of sharing/rls.py asks whether {set(Withheld) - shown} may be seen."


@pytest.mark.django_db
class TestCatalogue:
    def test_every_table_that_leads_to_a_child_is_protected(self) -> None:
        """A table with a name, a UPN or a key to a child is registered, under forced policies, and the owner's (R6)."""
        with as_owner():
            personal = {
                table
                for table, column in rows(
                    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
                )
                if column in PERSONAL
            }
        assert personal <= {rule.table for rule in PROTECTED}
        state = {
            name: (enabled, forced, owner)
            for name, enabled, forced, owner in rows(
                "SELECT relname, relrowsecurity, relforcerowsecurity, relowner::regrole::text FROM pg_class"
            )
        }
        for rule in PROTECTED:
            assert state[rule.table] == (True, True, "portal_owner"), rule.table

    def test_the_application_is_no_superuser_and_owns_nothing(self) -> None:
        """The role that serves requests has no way round the policies."""
        assert rows("SELECT current_user") == [("portal_app",)]
        assert rows("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user") == [
            (False, False, False)
        ]
        assert rows("SELECT count(*) FROM pg_class WHERE relowner = 'portal_app'::regrole") == [(0,)]
        for rule in PROTECTED:
            assert rows("SELECT has_table_privilege('portal_app', %s, 'TRUNCATE')", rule.table) == [(False,)]

    def test_the_application_writes_only_what_its_pages_write(self) -> None:
        """Participation and Localities decide who sees what, and are not the web's to change."""
        writable = {
            name
            for name, *rights in rows(
                "SELECT relname, has_table_privilege('portal_app', oid, 'INSERT'), "
                "has_table_privilege('portal_app', oid, 'UPDATE'), has_table_privilege('portal_app', oid, 'DELETE') "
                "FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            )
            if any(rights)
        }
        people = {name for name in writable if name.startswith("access_register_person")}
        of_libraries = {"auth", "account", "axes", "guardian", "mfa", "socialaccount"}
        libraries = {name for name in writable if name.split("_")[0] in of_libraries}
        assert writable - people - libraries == {
            "access_register_carriedregister", "access_register_contract",
            "access_register_handover", "access_register_responsibleperson",
            "access_register_duty", "access_register_duty_establishments", "access_register_duty_localities",
            "access_register_officerappointment", "access_register_remoteauthorisation",
            "access_register_invitation", "access_register_lineevent", "access_register_organisation",
            "access_register_registerline", "sharing_establishmentpermission", "django_session",
            "access_register_order", "access_register_waitingletter", "sharing_namedchild",
            "sharing_import", "sharing_importpiece", "sharing_challenge", "sharing_returnconfirmation",
            "sharing_ownlist", "sharing_pupillistcolumns",
            "sharing_savedview", "sharing_visitnote",
            "sharing_misusereport",
            "sharing_report",
            "sharing_download", "sharing_downloadsecret", "sharing_downloadpiece",
            "sharing_restricteditem", "sharing_restrictedfile", "sharing_consent",
            "sharing_owngroup", "sharing_owngroupmember",
            "sharing_statisticsrequest",
            "sharing_supportoffer", "sharing_supportrequest",
            "sharing_parityrun",
            "portal_cache",
        }  # fmt: skip
        assert "auth_permission" not in writable
        assert rows(
            "SELECT has_column_privilege('portal_app', 'access_register_person', 'is_superuser', 'UPDATE')"
        ) == [(False,)]

    def test_no_view_or_function_of_the_owner_reads_for_everybody(self) -> None:
        """Functions that run as the owner are the known ones, and no view gives access to a table."""
        definers = rows(
            "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace ORDER BY 1"
        )
        assert {name for (name,) in definers} == {
            "access_register_breach_ask_again", "access_register_breach_by_managers", "access_register_breach_desk",
            "access_register_draw_panel", "access_register_left_the_desk", "access_register_managers",
            "portal_breach_managers", "access_register_about_to_end", "access_register_bring_back",
            "access_register_contracts_back", "access_register_people_back",
            "access_register_answer_breach", "access_register_appeal_breach", "access_register_attach_evidence",
            "access_register_barred_until", "access_register_breach_candidates", "access_register_breach_concern",
            "access_register_breach_elsewhere", "access_register_breach_facts", "access_register_breach_find",
            "access_register_breach_homes",
            "access_register_breach_of_misuse",
            "access_register_breach_people", "access_register_breach_step", "access_register_breach_take_out",
            "access_register_breach_told",
            "access_register_breach_vote", "access_register_enact", "access_register_end_by_sanction",
            "access_register_is_barred", "access_register_may_sit", "access_register_panel_is_full",
            "access_register_note_destroyed", "access_register_pause", "access_register_say_destroyed",
            "access_register_refer_breach", "access_register_report_breach", "access_register_seat_panel",
            "access_register_seats_that_count",
            "access_register_tell_appointment",
            "access_register_shut_out", "access_register_takes_no_part", "portal_breach_roles",
            "portal_reporter_is_withheld",
            "portal_suspensions",
            "access_register_accept_headship", "access_register_cancel_handover", "access_register_close_handovers",
            "access_register_undo_handover",
            "access_register_confirm_headship", "access_register_follow_new", "access_register_head_on",
            "access_register_head_to_tell", "access_register_join_protocol", "access_register_leave_protocol",
            "access_register_heads_to_tell", "access_register_keepers_to_tell", "access_register_asker_to_tell",
            "access_register_left_notes", "access_register_remove_left_note",
            "access_register_mark_used", "access_register_place_first_head", "access_register_verify_handover",
            "access_register_authorise_order", "access_register_end_order",
            "portal_named_here", "portal_named_records", "portal_opened_for", "sharing_which_child", "portal_ways_past",
            "access_register_without_head", "access_register_first_heads", "access_register_take_back_first_head",
            "portal_accept", "portal_accept_invitation", "portal_check_release",
            "portal_closed", "portal_closed_and_expected", "portal_closings_to_head",
            "portal_coming_releases", "portal_ended",
            "portal_consents_to_me",
            "portal_count_readers", "portal_establishments", "portal_find_alike", "portal_find_pupils",
            "portal_heads", "portal_holdings",
            "portal_invitation", "portal_keeps_releases", "portal_leave", "portal_makes_groups", "portal_narrowed",
            "portal_opened", "portal_openings", "portal_out_of_scope", "portal_own_group_size", "portal_post_failed",
            "portal_postpone_release", "portal_pupils_at", "portal_readable", "portal_release_contents",
            "portal_release_differences", "portal_releases_of_areas", "portal_releases_out", "portal_same_locality",
            "portal_schedule_release", "portal_take_out_release", "portal_stop_release", "portal_show_release_again",
            "portal_service_queues", "portal_service_releases", "portal_shares_from",
            "portal_showing", "portal_signatories", "portal_small_figures", "portal_take_release",
            "portal_third_party_at", "portal_times_opened", "portal_withdraw_release", "portal_withheld_figures",
            "portal_counted_releases", "portal_cover_figures", "portal_narrowed_lines",
            "portal_admitted", "portal_opened_beyond", "portal_sees_whole",
            "portal_address_advice", "portal_advice_identifies", "portal_agree_advice", "portal_ask_advice",
            "portal_begin_advice",
            "portal_ask_to_destroy_advice", "portal_destroy_advice", "portal_keep_advice",
            "portal_discard_advice", "portal_hand_back_advice", "portal_take_advice", "portal_take_down_advice",
            "portal_tell_advice", "portal_write_advice", "portal_writes_advice",
            "portal_write_ledger", "portal_years", "sharing_accept_transfer", "sharing_add_centre",
            "sharing_agree_closing", "sharing_arrive", "sharing_assert_from_outside", "sharing_assert_transfer",
            "sharing_break_glass", "sharing_cancel_transfer", 
            "sharing_glass_misses", "sharing_challenges_of_leavers", "sharing_close_alike", "sharing_close_child",
            "sharing_decline_transfer",
            "sharing_close_centre", "sharing_reopen_centre", "sharing_end_type",
            "sharing_end_closing", "sharing_end_enrolment", "sharing_end_opening", "sharing_explain_opening",
            "sharing_forget_file",
            "sharing_glass_count", "sharing_information_managers", "sharing_list_type", "sharing_make_ledger_month",
            "sharing_mark_opening", "sharing_missing_children", "sharing_move_locality", "sharing_record_days",
            "sharing_refresh_moves", "sharing_refresh_visibility", "sharing_registered_elsewhere",
            "sharing_settle_challenge", "sharing_settle_misuse",
            "sharing_take_back_challenge", "sharing_take_back_move", "sharing_tell_challenge",
            "sharing_transfer_files_made", "sharing_leaver_file_made",
            "portal_with_key", "portal_disposals_agree",
            "portal_subject_requests", "portal_subject_has_records", "portal_subject_is_closed",
            "sharing_record_subject_request",
            "sharing_settle_subject_request",
            "sharing_ask_disposal", "sharing_decide_disposal", "sharing_lift_hold", "sharing_place_hold",
            "sharing_settle_pattern",
        }  # fmt: skip
        assert rows("SELECT count(*) FROM pg_views WHERE schemaname = 'public'") == [(0,)]


@pytest.mark.django_db
class TestContext:
    def test_outside_a_visit_there_are_no_rows(self) -> None:
        """Nobody asks: nothing is there (R6)."""
        plant(timezone.localdate())
        for model in (Pupil, Enrolment, Transfer, StaffMember, EstablishmentPermission, RegisterLine):
            assert model.objects.count() == 0, model

    def test_inside_a_visit_all_means_all_that_the_person_may_see(self) -> None:
        """`Pupil.objects.all()` inside anybody's visit returns no row too many (R5)."""
        today = timezone.localdate()
        plant(today)
        for slug, through in ((HEAD, Through.SCHOOLS_ONLINE), ("officer-school-improvement", EDUNET)):
            with visit(asker(slug, through), Permission.VIEW_ESTABLISHMENT, action="test") as here:
                pupils = set(Pupil.objects.values_list("establishment_id", flat=True))
                staff = set(StaffMember.objects.values_list("establishment_id", flat=True))
                here.showed()
            assert (pupils, staff) == allowed(person(slug).pk, through, today)

    def test_what_a_visit_told_is_forgotten_after_it(self) -> None:
        plant(timezone.localdate())
        with visit(asker(HEAD), Permission.VIEW_ESTABLISHMENT, action="test") as here:
            assert Pupil.objects.exists()
            here.showed()
        assert not Pupil.objects.exists()

    def test_a_context_of_another_transaction_names_nobody(self) -> None:
        """A setting left behind, by a pool or by a fault, has another transaction's stamp: no rows."""
        plant(timezone.localdate())
        rows("SELECT set_config('portal.ctx', %s, true)", f"{person(HEAD).pk}@schools_online@1700000000.0")
        assert not Pupil.objects.exists()
        rows("SELECT set_config('portal.ctx', %s, true)", f"{person(HEAD).pk}@schools_online")
        assert not Pupil.objects.exists()


@pytest.mark.django_db
class TestWrites:
    def test_pupils_cannot_be_written_by_the_application(self) -> None:
        today = timezone.localdate()
        canary = plant(today)[0]
        with visit(asker(HEAD), Permission.VIEW_PUPILS, action="test") as here:
            here.showed()
            with pytest.raises(Error, match="permission denied"), transaction.atomic():
                Pupil.objects.update(surname="Changed")
            with pytest.raises(Error, match="permission denied"), transaction.atomic():
                Enrolment.objects.create(
                    pupil_id=canary.pupil_id, establishment_id=canary.establishment_id, starts_on=today
                )
            with pytest.raises(Error, match="permission denied"), transaction.atomic():
                rows("SELECT count(*) FROM sharing_child")

    def test_a_head_cannot_grant_elsewhere(self) -> None:
        """Even with the door forgotten, a permission at another establishment is refused (R35)."""
        mine = RegisterLine
        with as_batch():
            own = set(mine.objects.filter(person=person(HEAD)).values_list("establishment_id", flat=True))
            elsewhere = Establishment.objects.exclude(pk__in=own).values_list("pk", flat=True)[0]
            permission = EstablishmentPermission.objects.filter(user=person(HEAD)).first().permission_id
        today = timezone.localdate()
        with visit(asker(HEAD), Permission.MANAGE_REGISTER, action="test") as here:
            here.showed()
            with pytest.raises(Error, match="row-level security"), transaction.atomic():
                EstablishmentPermission.objects.create(
                    user=person(HEAD), permission_id=permission, content_object_id=elsewhere,
                    through="schools_online", starts_on=today, source="line:0", reason="a hole",
                )  # fmt: skip
            with pytest.raises(Error, match="row-level security"), transaction.atomic():
                mine.objects.create(
                    establishment_id=elsewhere, person=person(HEAD), level=2, role="teacher",
                    starts_on=today, level_since=today, given_by_name="nobody",
                )  # fmt: skip

    def test_named_staff_cannot_touch_the_heads_line(self) -> None:
        """R35, with the door forgotten: not change it, not end it, not take its seat."""
        with visit(asker("deputy-beckside"), Permission.MANAGE_REGISTER, action="test") as here:
            here.showed()
            heads = RegisterLine.objects.filter(seat=0)
            assert heads.exists()
            assert heads.update(level=3, seat=None) == heads._raw_delete("default") == 0
            with pytest.raises(Error, match="row-level security"), transaction.atomic():
                RegisterLine.objects.filter(seat=1).update(seat=0)

    def test_a_teacher_cannot_raise_their_own_line(self) -> None:
        with visit(asker(TEACHER), Permission.VIEW_PUPILS, action="test") as here:
            here.showed()
            assert RegisterLine.objects.filter(person=person(TEACHER)).exists()
            assert RegisterLine.objects.update(level=1, seat=1) == 0
            assert EstablishmentPermission.objects.all().delete()[0] == 0

    def test_a_row_cannot_be_hung_on_another_establishments_child(self) -> None:
        """The establishment is part of the key, because foreign-key checks bypass row-level security."""
        first, second = plant(timezone.localdate())[:2]
        with as_batch(), pytest.raises(Error, match="foreign key"), transaction.atomic():
            rows(
                "SET CONSTRAINTS ALL IMMEDIATE; INSERT INTO sharing_enrolment (pupil_id, establishment_id, kind, "
                "starts_on) VALUES (%s, %s, 'C', '2001-01-01') RETURNING id",
                first.pupil_id,
                second.establishment_id,
            )

    def test_the_ledger_cannot_be_changed(self) -> None:
        """R43: append-only for the application, the imports and even the owner."""
        with visit(asker(HEAD), Permission.VIEW_PUPILS, action="test") as here:
            here.showed()
        for change in (
            "UPDATE sharing_ledgerentry SET person_name = ''",
            "DELETE FROM sharing_ledgerentry",
            "TRUNCATE sharing_ledgerentry",
            "INSERT INTO sharing_ledgerentry (id) VALUES (1)",
            "SELECT count(*) FROM sharing_ledgerentry_other",
            "INSERT INTO sharing_ledgerentry_other (id) VALUES (1)",
            "SELECT sharing_make_ledger_month('2031-01-01')",
        ):
            with pytest.raises(Error, match="permission denied"), transaction.atomic():
                rows(change)
        for change in ("UPDATE sharing_ledgerentry SET person_name = ''", "DELETE FROM sharing_ledgerentry"):
            with pytest.raises(Error, match="append-only"), transaction.atomic(), as_owner():
                rows(change)


@pytest.mark.django_db
def test_the_policy_is_an_index_condition() -> None:
    """A forgotten filter scans no table: PostgreSQL turns the policy into an index condition (part 9)."""
    plant(timezone.localdate())
    with visit(asker(HEAD), Permission.VIEW_PUPILS, action="test") as here, savepoint():
        here.showed()
        rows("SET LOCAL enable_seqscan = off")
        for table in ("sharing_pupil", "sharing_staffmember"):
            plan = "\n".join(line for (line,) in rows(f"EXPLAIN SELECT * FROM {table} ORDER BY surname LIMIT 50"))
            assert "Index Cond: (establishment_id = ANY" in plan, plan
            assert f"Seq Scan on {table}" not in plan


def test_threads_never_see_each_others_rows(own_database: None) -> None:
    """Visits of three people on shared connections at once: none sees a row of another's establishment (part 8)."""
    today = timezone.localdate()
    people = [
        (HEAD, Through.SCHOOLS_ONLINE),
        ("head-larkroyd", Through.SCHOOLS_ONLINE),
        (GOVERNOR, Through.SCHOOLS_ONLINE),
    ]
    may_see = {slug: allowed(person(slug).pk, through, today)[0] for slug, through in people}
    askers = {slug: asker(slug, through) for slug, through in people}
    wrong: list[str] = []
    done: list[str] = []

    def read(offset: int) -> None:
        for turn in range(120):
            slug = people[(turn + offset) % len(people)][0]
            with visit(askers[slug], Permission.VIEW_ESTABLISHMENT, action="test") as here:
                seen = set(Pupil.objects.values_list("establishment_id", flat=True))
                here.showed()
            done.append(slug)
            if seen != may_see[slug] or Pupil.objects.exists():
                wrong.append(slug)
        connection.close()

    threads = [threading.Thread(target=read, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 720
    assert wrong == []
    with as_batch():
        assert LedgerEntry.objects.filter(action="test").count() == 720
