"""For those who keep an establishment's register: which officers, and who else, see data of it today (R9, R18).

It lists exactly those who can: the account is in use, the protocol accepted, and the person may come in there. As
everywhere, it does not reveal whether a sanction shuts somebody out (R41).
"""

from uuid import UUID

from access_register.models import Duty, Person
from access_register.models.people import let_in
from access_register.officers.records import CasesHere, ChildHere, OfficerHere, OfficersHere
from sharing.authorise import Asker, Permission, Through, Visit, visit
from sharing.models import EstablishmentPermission, NamedChild, Pupil
from sharing.models.plain import in_order_of
from sharing.statements import rows_of


def show_officers_here(asker: Asker, urn: int) -> OfficersHere:
    """Which officers may see pupils, staff or records here today, and why; and who sees individual children."""
    with visit(asker, Permission.MANAGE_REGISTER, urn, action="show_officers_here") as here:
        rows = (
            EstablishmentPermission.objects.live_on(here.today)
            .filter(let_in(here.today, "user__"), content_object=here.establishment, through=Through.EDUNET)
            .exclude(permission__codename=Permission.VIEW_ESTABLISHMENT)
            .select_related("user", "permission")
            .order_by(*in_order_of("user__name"), "permission__codename", "ends_on")
        )
        officers = tuple(
            OfficerHere(row.user.name, Duty.Data(row.permission.codename).label, row.reason, row.ends_on)
            for row in rows
        )
        cases = _cases(here)
        here.showed(officers=len(officers), pupils=[child.pupil_id for case in cases for child in case.children])
        return OfficersHere(here.here, officers, cases, here.why)


def _cases(here: Visit) -> tuple[CasesHere, ...]:
    """Who sees individual children of the establishment, unless the head is barred from knowing. Children closed to
    that person are not counted."""
    records: dict[int, list[UUID]] = {}
    for named_id, pupil_id in rows_of("SELECT named_id, pupil_id FROM portal_named_here(%s)", here.establishment.pk):
        records.setdefault(named_id, []).append(pupil_id)
    named = NamedChild.objects.live_on(here.today).filter(
        pk__in=records, head_barred=False, person_id__in=Person.objects.filter(let_in(here.today)).values("pk")
    )
    all_records = [pupil_id for of_one in records.values() for pupil_id in of_one]
    pupils = Pupil.objects.of(here.establishment.pk).visible_on(here.today).filter(pk__in=all_records)
    in_order = pupils.by_name().values_list("pk", "forename", "surname")
    names = {pk: f"{forename} {surname}" for pk, forename, surname in in_order}
    order = {pk: place for place, pk in enumerate(names)}
    found: dict[tuple[str, str], list[ChildHere]] = {}
    for row in named.order_by(*in_order_of("person_name"), "reason", "pk"):
        children = found.setdefault((row.person_name, row.reason), [])
        children += [ChildHere(pupil_id, names.get(pupil_id, "")) for pupil_id in records[row.pk]]
    return tuple(
        CasesHere(name, reason, tuple(sorted(children, key=lambda child: order.get(child.pupil_id, -1))))
        for (name, reason), children in found.items()
    )
