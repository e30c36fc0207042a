"""Records of more than one table, for the schedules: which cases, lines of the Access Register, appointments and others
are due, and what goes with a case, a line, an appointment and a contract."""

# ruff: noqa: S608 (the names in the SQL are those of our own tables and columns)

# Over once it is decided or closed, and any sanction has ended.
_BREACH_IS_OVER = """
    breach.state IN ('dismissed', 'decided', 'settled')
    AND greatest(breach.triaged_at, breach.decided_at, breach.settled_at, (
        SELECT max(sanction.ends_on) FROM access_register_sanction AS sanction
        WHERE sanction.breach_id = breach.id)) + interval '6 years' <= %(as_of)s
"""
_ROWS = "ANY(%(rows)s::bigint[])"
# One row for each establishment that it is about, or that it is against.
BREACH_IS_DUE = f"""
    SELECT breach.id::text, place.id, NULL::uuid FROM access_register_breach AS breach
    LEFT JOIN LATERAL (
        SELECT breach.about_id WHERE breach.about_id IS NOT NULL
        UNION SELECT coalesce(party.establishment_id, contract.establishment_id)
        FROM access_register_breachparty AS party
        LEFT JOIN access_register_contract AS contract ON contract.id = party.contract_id
        WHERE party.breach_id = breach.id AND party.person_id IS NULL) AS place (id) ON true
    WHERE {_BREACH_IS_OVER}
"""
DELETE_BREACHES = (
    *(
        f"DELETE FROM access_register_{table} WHERE breach_id = {_ROWS}"
        for table in (
            "breachstep",
            "breachtold",
            "breachevidence",
            "breachseat",
            "sanction",
            "breachparty",
            "breachreport",
        )
    ),
    f"DELETE FROM access_register_breach WHERE id = {_ROWS}",
)
# Due 6 years after its end or, for an invitation that nobody took up, after the link expired. Not while it is needed:
# for a headship handed over recently or not yet, for a contract that is not over or whose people have not certified
# what they destroyed, or for a case against the person or under the contract.
LINE_IS_DUE = f"""
    SELECT line.id::text, line.establishment_id, NULL::uuid FROM access_register_registerline AS line
    LEFT JOIN access_register_invitation AS sent ON sent.line_id = line.id AND line.awaiting_since IS NOT NULL
    WHERE coalesce(least(line.withdrawn_at, line.ends_on), sent.expires_at) + interval '6 years' <= %(as_of)s
      AND NOT EXISTS (
        SELECT FROM access_register_handover AS handover WHERE line.id IN (handover.outgoing_id, handover.incoming_id)
        AND handover.cancelled_at IS NULL
        AND (handover.done_at IS NULL OR coalesce(handover.until, handover."on") + interval '6 years' > %(as_of)s))
      AND NOT EXISTS (
        SELECT FROM access_register_contract AS contract WHERE contract.id = line.contract_id
        AND contract.destruction_certified_on IS NULL)
      AND NOT EXISTS (
        SELECT FROM access_register_breachparty AS party
        JOIN access_register_breach AS breach ON breach.id = party.breach_id
        WHERE (party.person_id = line.person_id OR party.contract_id = line.contract_id)
        AND ({_BREACH_IS_OVER}) IS NOT TRUE)
"""
DELETE_LINES = (
    f"DELETE FROM access_register_handover WHERE outgoing_id = {_ROWS} OR incoming_id = {_ROWS}",
    f"DELETE FROM access_register_invitation WHERE line_id = {_ROWS}",
    f"DELETE FROM access_register_lineevent WHERE line_id = {_ROWS}",
    "DELETE FROM sharing_establishmentpermission WHERE source IN (SELECT 'line:' || unnest(%(rows)s::text[]))",
    f"DELETE FROM access_register_registerline WHERE id = {_ROWS}",
)
# One row for each establishment that a duty names. Children named for casework are deleted with the child.
APPOINTMENT_IS_DUE = f"""
    SELECT DISTINCT appointment.id::text, named.establishment_id, NULL::uuid
    FROM access_register_officerappointment AS appointment
    LEFT JOIN access_register_duty AS duty ON duty.appointment_id = appointment.id
    LEFT JOIN access_register_duty_establishments AS named ON named.duty_id = duty.id
    WHERE appointment.ends_on + interval '6 years' <= %(as_of)s
      AND NOT EXISTS (
        SELECT FROM access_register_breachparty AS party
        JOIN access_register_breach AS breach ON breach.id = party.breach_id
        WHERE party.person_id = appointment.person_id AND ({_BREACH_IS_OVER}) IS NOT TRUE)
"""
_DUTIES = f"(SELECT id FROM access_register_duty WHERE appointment_id = {_ROWS})"
DELETE_APPOINTMENTS = (
    "DELETE FROM sharing_establishmentpermission WHERE source IN (SELECT 'appointment:' || unnest(%(rows)s::text[]))",
    f"DELETE FROM sharing_establishmentpermission WHERE source IN (SELECT 'duty:' || id FROM {_DUTIES} AS duty)",
    f"DELETE FROM access_register_duty_establishments WHERE duty_id IN {_DUTIES}",
    f"DELETE FROM access_register_duty_localities WHERE duty_id IN {_DUTIES}",
    f"DELETE FROM access_register_duty WHERE appointment_id = {_ROWS}",
    f"DELETE FROM access_register_appointmentchange WHERE appointment_id = {_ROWS}",
    f"DELETE FROM access_register_remoteauthorisation WHERE appointment_id = {_ROWS}",
    f"DELETE FROM access_register_officerappointment WHERE id = {_ROWS}",
)
# Kept as long as its lines and any breach that names it: those go first, and a later disposal takes the contract.
CONTRACT_IS_DUE = """
    SELECT contract.id::text, contract.establishment_id, NULL::uuid FROM access_register_contract AS contract
    WHERE least(contract.ended_at, contract.ends_on) + interval '6 years' <= %(as_of)s
      AND NOT EXISTS (SELECT FROM access_register_registerline AS line WHERE line.contract_id = contract.id)
      AND NOT EXISTS (SELECT FROM access_register_breachparty AS party WHERE party.contract_id = contract.id)
"""
DELETE_CONTRACTS = (
    f"DELETE FROM access_register_contract WHERE id = {_ROWS}",
    "DELETE FROM access_register_organisation WHERE id NOT IN (SELECT organisation_id FROM access_register_contract)",
)
# Due after another person was recorded, or the establishment has closed.
RESPONSIBLE_IS_DUE = """
    SELECT named.id::text, named.establishment_id, NULL::uuid FROM access_register_responsibleperson AS named
    JOIN sharing_establishment AS place ON place.id = named.establishment_id
    WHERE least(place.close_date, (
        SELECT min(later.recorded_at) FROM access_register_responsibleperson AS later
        WHERE later.establishment_id = named.establishment_id AND later.part = named.part
          AND later.recorded_at > named.recorded_at)) + interval '6 years' <= %(as_of)s
"""
SUPPORT_IS_DUE = """
    SELECT asked.id::text, place, NULL::uuid FROM sharing_supportrequest AS asked
    CROSS JOIN LATERAL unnest(ARRAY[asked.establishment_id, asked.from_establishment_id]) AS place
    WHERE coalesce(asked.answered_at, asked.asked_at) + interval '3 years' <= %(as_of)s
"""
ORDER_IS_DUE = """
    SELECT said.id::text, said.establishment_id, NULL::uuid FROM access_register_order AS said
    WHERE said.child_id IS NULL AND least(said.ended_at, said.ends_on) + interval '6 years' <= %(as_of)s
"""
# A link that nobody waits for any more: it was used, cancelled, or replaced by another.
INVITATION_IS_DUE = """
    SELECT sent.id::text, sent.establishment_id, NULL::uuid FROM access_register_invitation AS sent
    JOIN access_register_registerline AS line ON line.id = sent.line_id
    WHERE (line.awaiting_since IS NULL OR line.withdrawn_at IS NOT NULL)
      AND sent.expires_at + interval '1 year' <= %(as_of)s
"""
