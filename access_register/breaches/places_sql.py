"""Who is of one establishment in a case, in SQL for migration 0131 (P17, R41): who has left it does not sit at once.

Where somebody has been is known as long as of whom it is held against (`access_register_breach_homes`)."""

from access_register.breaches.roles_sql import ON_A_REGISTER_TODAY
from access_register.breaches.steps_sql import PLACES_OF_TODAY
from sharing.sql.overrides import within

# The establishments on whose registers somebody is, and those that they have left since a year before it happened; a
# year before it was reported, where nobody knows when it happened.
PLACES = """
CREATE FUNCTION access_register_breach_places(wanted bigint, who bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT line.establishment_id FROM access_register_registerline AS line
    JOIN access_register_breach AS breach ON breach.id = wanted
    WHERE line.person_id = who
      AND least(line.withdrawn_at::date, line.ends_on, 'infinity') > least(happened_on, reported_at::date) - 365
$$;
REVOKE ALL ON FUNCTION access_register_breach_places FROM PUBLIC;
"""
_ON_A_REGISTER = """SELECT access_register_breach_places(wanted, who)
                    INTERSECT SELECT access_register_breach_homes(wanted)"""
_PLACES = "ARRAY(SELECT access_register_breach_places(wanted, person.id))"
CREATE = (
    PLACES
    + within("access_register_may_sit", (ON_A_REGISTER_TODAY, _ON_A_REGISTER))
    + within("access_register_breach_candidates", (PLACES_OF_TODAY, _PLACES))
)
DROP = (
    within("access_register_may_sit", (_ON_A_REGISTER, ON_A_REGISTER_TODAY))
    + within("access_register_breach_candidates", (_PLACES, PLACES_OF_TODAY))
    + "DROP FUNCTION access_register_breach_places;"
)
