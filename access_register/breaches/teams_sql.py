"""Who is of one team in a case, in SQL for migration 0129 (P17, R41): who moves to another team does not sit at once.

Appointments keep their history (access_register.officers.appointment_sql), so a team that somebody has left is known.
"""

from access_register.breaches.roles_sql import OF_ONE_TEAM_TODAY
from access_register.breaches.steps_sql import TEAMS_OF_TODAY, THEIR_TEAMS_OF_TODAY
from sharing.sql.overrides import within

# The teams of an officer today, and those that they have left since it happened; since it was reported, where nobody
# knows when it happened.
TEAMS = """
CREATE FUNCTION access_register_breach_teams(wanted bigint, who bigint) RETURNS SETOF text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH case_of AS (
        SELECT least(happened_on, reported_at::date) AS since FROM access_register_breach WHERE id = wanted)
    SELECT officer.team FROM access_register_officerappointment AS officer CROSS JOIN case_of
    WHERE officer.person_id = who AND officer.starts_on <= CURRENT_DATE
      AND (officer.ends_on IS NULL OR officer.ends_on >= since)
    UNION
    SELECT change.before ->> 'team' FROM access_register_appointmentchange AS change
    JOIN access_register_officerappointment AS officer ON officer.id = change.appointment_id CROSS JOIN case_of
    WHERE officer.person_id = who AND change.at::date >= since
$$;
REVOKE ALL ON FUNCTION access_register_breach_teams FROM PUBLIC;
"""
_TEAMS = "ARRAY(SELECT access_register_breach_teams(wanted, person.id))"
_THEIR_TEAMS = """ARRAY(SELECT access_register_breach_teams(wanted, party.person_id)
                 FROM access_register_breachparty AS party WHERE party.breach_id = wanted)"""
_OF_ONE_TEAM = """
        SELECT access_register_breach_teams(wanted, who)
        INTERSECT
        SELECT access_register_breach_teams(wanted, party.person_id)
        FROM access_register_breachparty AS party WHERE party.breach_id = wanted"""
CREATE = (
    TEAMS
    + within("access_register_may_sit", (OF_ONE_TEAM_TODAY, _OF_ONE_TEAM))
    + within("access_register_breach_candidates", (TEAMS_OF_TODAY, _TEAMS))
    + within("access_register_breach_facts", (THEIR_TEAMS_OF_TODAY, _THEIR_TEAMS))
)
DROP = (
    within("access_register_may_sit", (_OF_ONE_TEAM, OF_ONE_TEAM_TODAY))
    + within("access_register_breach_candidates", (_TEAMS, TEAMS_OF_TODAY))
    + within("access_register_breach_facts", (_THEIR_TEAMS, THEIR_TEAMS_OF_TODAY))
    + "DROP FUNCTION access_register_breach_teams;"
)
