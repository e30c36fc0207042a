"""Staff of one establishment: Level 1 only (R33)."""

from sharing import codes
from sharing.authorise import Asker, Permission, visit
from sharing.door.paging import page_of
from sharing.models import StaffMember
from sharing.records import StaffLine, StaffList, Why


def list_staff(asker: Asker, urn: int, *, number: int = 1) -> StaffList:
    """The people in post at the establishment today, by name, 50 a page."""
    with visit(asker, Permission.VIEW_STAFF, urn, action="list_staff") as here:
        in_post = StaffMember.objects.of(here.establishment.pk).in_post_on(here.today)
        page = page_of(in_post.with_contracts().by_name(), number, _line)
        newest = in_post.order_by("-as_of").values_list("as_of", "source").first() or (None, "")
        here.showed(staff=[member.id for member in page], of=page.total)
        return StaffList(here.here, page, newest[0], newest[1], Why(here.reason, here.permission))


def _line(member: StaffMember) -> StaffLine:
    """The post is that of the contract begun last among those that go on."""
    contract = next(iter(member.contracts.all()), None)
    hours = contract.hours if contract else None
    return StaffLine(
        id=member.pk,
        surname=member.surname,
        forename=member.forename,
        post=contract.post if contract else "Not recorded",
        contract=codes.CONTRACT.get(contract.kind, contract.kind) if contract else "Not recorded",
        hours=f"{hours:g} a week" if hours is not None else "Not recorded",
        starts_on=member.starts_on,
    )
