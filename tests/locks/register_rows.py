"""The register, and who answers for an establishment: what people may give themselves, or do for another (R5, R45)."""

from access_register.models import ParticipationStep, RegisterLine, ResponsiblePerson
from sharing.models import Establishment
from tests.locks.figure_rows import HEAD
from tests.locks.switches import rows
from tests.locks.trying import RAVENSGILL, Trying, place
from tests.people import EDUNET

_A_GRANT = """
    INSERT INTO sharing_establishmentpermission (user_id, permission_id, establishment_id, through, starts_on, source,
        reason) SELECT %s, (SELECT id FROM auth_permission WHERE codename = 'view_pupils'), id, 'schools_online',
        CURRENT_DATE, 'line:0', '' FROM sharing_establishment WHERE urn = 999999 RETURNING 1
"""
_ACCEPTED = """
    INSERT INTO access_register_acceptance (person_id, version_id, accepted_at, until, purpose)
    SELECT %s, id, now(), CURRENT_DATE, '' FROM access_register_protocolversion RETURNING 1
"""
_RESPONSIBLE = """
    INSERT INTO access_register_responsibleperson (establishment_id, part, name, role, since, recorded_by_id,
        recorded_by_name, recorded_at) VALUES (%s, 'manager', 'x', 'x', current_date, %s, 'x', now()) RETURNING 1
"""
_LEAVES = "SELECT access_register_leave_protocol(%s, '', '')"


def holes_in_the_register(who: Trying) -> None:
    attempt, elsewhere = who.attempt, place(RAVENSGILL)
    if who.slug != HEAD:
        attempt("own line raised", lambda: RegisterLine.objects.filter(person_id=who.number).update(role="office"))
    attempt("grants elsewhere", lambda: rows(_A_GRANT, who.number))
    attempt("acceptances written", lambda: rows(_ACCEPTED, who.number))
    answers = set(Establishment.objects.of_the_community().values_list("pk", flat=True))
    if who.through != EDUNET:
        answers = who.staff
    foreign = ResponsiblePerson.objects.exclude(establishment__in=answers)
    attempt("foreign people responsible", foreign.exists)
    attempt("why another left", ParticipationStep.objects.exclude(establishment__in=answers).exists)
    attempt("responsible elsewhere", lambda: rows(_RESPONSIBLE, elsewhere, who.number))
    if answers:
        attempt("responsible in another's name", lambda: rows(_RESPONSIBLE, min(answers), 0))
    attempt("left for another", lambda: rows(_LEAVES, elsewhere) == [("",)])
