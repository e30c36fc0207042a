"""A child's record in SQL, for the retention schedules: until when it is needed, and what is deleted with it."""

# ruff: noqa: S608 (the names in the SQL are those of our own tables and columns)

ITS_CHILD = "(SELECT child_id FROM sharing_pupil WHERE sharing_pupil.id = row.pupil_id)"
# Nobody is on a register at that age: where no last day was given, this is the latest that it can have been.
_LAST_DAY = "coalesce(stay.ends_on, (SELECT born_on + interval '25 years' FROM sharing_pupil WHERE id = stay.pupil_id))"
# On the register on that day or within the year before it, or coming then.
STILL_HERE = f"""
    (EXISTS (SELECT FROM sharing_enrolment AS stay WHERE stay.pupil_id = {{pupil}} AND stay.cancelled_at IS NULL
             AND {_LAST_DAY} + interval '1 year' > %(as_of)s)
     OR EXISTS (SELECT FROM sharing_transfer AS coming WHERE {{pupil}} IN (coming.pupil_id, coming.leaving_id)
                AND coming.lapses_on + interval '1 year' > %(as_of)s))
"""
CHILD_IS_DUE = f"""
    SELECT pupil.child_id::text, pupil.establishment_id, pupil.child_id FROM sharing_pupil AS pupil
    WHERE pupil.born_on + interval '25 years' <= %(as_of)s
      AND NOT EXISTS (
        SELECT FROM sharing_pupil AS record WHERE record.child_id = pupil.child_id
        AND (record.born_on + interval '25 years' > %(as_of)s OR {STILL_HERE.format(pupil="record.id")}))
"""
CHILDREN = "%(rows)s::uuid[]"
_ALL_OF_THEM = f"(SELECT id FROM sharing_child WHERE id = ANY({CHILDREN}) OR same_as_id = ANY({CHILDREN}))"
_RECORDS = f"(SELECT id FROM sharing_pupil WHERE child_id = ANY({CHILDREN}))"
OF_CHALLENGES = "DELETE FROM sharing_challengeevent WHERE challenge_id IN (SELECT id FROM sharing_challenge WHERE {})"
DELETE_CHILDREN = (
    OF_CHALLENGES.format(f"pupil_id IN {_RECORDS}"),
    f"DELETE FROM sharing_challenge WHERE pupil_id IN {_RECORDS}",
    f"DELETE FROM sharing_owngroupmember WHERE pupil_id IN {_RECORDS}",
    f"DELETE FROM sharing_transfer WHERE pupil_id IN {_RECORDS} OR leaving_id IN {_RECORDS} "
    f"OR upn_index IN (SELECT upn_index FROM sharing_child WHERE id IN {_ALL_OF_THEM})",
    "DELETE FROM sharing_explanation WHERE opening_id IN "
    f"(SELECT id FROM sharing_opening WHERE pupil_id IN {_RECORDS})",
    f"DELETE FROM sharing_opening WHERE pupil_id IN {_RECORDS}",
    f"DELETE FROM sharing_closing WHERE child_id IN {_ALL_OF_THEM}",
    f"DELETE FROM sharing_namedchild WHERE child_id IN {_ALL_OF_THEM}",
    f"DELETE FROM access_register_order WHERE child_id IN {_ALL_OF_THEM}",
    f"DELETE FROM sharing_legalhold WHERE child_id IN {_ALL_OF_THEM}",
    f"DELETE FROM sharing_subjectrequest WHERE child_id IN {_ALL_OF_THEM}",
    f"DELETE FROM sharing_childmerge WHERE child_id IN {_ALL_OF_THEM} OR into_id IN {_ALL_OF_THEM}",
    *(
        f"DELETE FROM sharing_{table} WHERE pupil_id IN {_RECORDS}"
        for table in (
            "pupilneeds", "senneed", "freemealsperiod", "attendance", "suspension", "result", "homeaddress", "contact",
            "pupilchange", "enrolment",
        )
    ),
    f"DELETE FROM portal_keys.key WHERE child_id IN {_ALL_OF_THEM}",
    f"DELETE FROM sharing_pupil WHERE child_id = ANY({CHILDREN})",
    f"DELETE FROM sharing_child WHERE same_as_id = ANY({CHILDREN})",
    f"DELETE FROM sharing_child WHERE id = ANY({CHILDREN})",
)  # fmt: skip
