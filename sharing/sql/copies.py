"""What came for a child who then did not come is forgotten, in SQL for migration 0016.

Of a record that was never on the register, all of it. Of a child who was there before, what says that it was copied,
unless the child came with it once: the rest is the establishment's own.
"""

_TABLES = (
    "pupilneeds", "senneed", "homeaddress", "contact", "freemealsperiod", "attendance", "result",
)  # fmt: skip
_HEAD = """
CREATE OR REPLACE FUNCTION sharing_forget_copy(wanted uuid) RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$"""
_ON_THE_WAY = """EXISTS (SELECT FROM sharing_transfer AS transfer
        WHERE pupil_id = wanted AND sharing_is_on_the_way(transfer))"""
_BLANK = "uln = NULL, ethnicity = '', language = '', free_school_meals = false, service_child = ''"


def _delete(which: str = "") -> str:
    return " ".join(f"DELETE FROM sharing_{table} WHERE pupil_id = wanted{which};" for table in _TABLES)


CREATE = f"""{_HEAD}
DECLARE
    was_here boolean := EXISTS (SELECT FROM sharing_enrolment WHERE pupil_id = wanted);
    came_with text[] := ARRAY(
        SELECT left('Record of ' || sender.name, 100) FROM sharing_transfer AS transfer
        JOIN sharing_establishment AS sender ON sender.id = from_establishment_id
        WHERE pupil_id = wanted AND arrived_on IS NOT NULL);
BEGIN
    IF {_ON_THE_WAY} THEN RETURN; END IF;
    {_delete(" AND (NOT was_here OR (source LIKE 'Record of %' AND source <> ALL (came_with)))")}
    UPDATE sharing_pupil SET {_BLANK}
    WHERE id = wanted AND (NOT was_here OR (source LIKE 'Record of %' AND source <> ALL (came_with)));
END $$;
"""
DROP = f"""{_HEAD}
BEGIN
    IF EXISTS (SELECT FROM sharing_enrolment WHERE pupil_id = wanted) OR {_ON_THE_WAY} THEN RETURN; END IF;
    {_delete()}
    UPDATE sharing_pupil SET {_BLANK} WHERE id = wanted;
END $$;
"""
