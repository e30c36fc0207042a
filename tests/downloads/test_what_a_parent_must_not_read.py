"""R14, R18: a record that is taken to a meeting with one parent has the other parent's address and telephone."""

import pytest

from tests.downloads.reading import HEAD, KIND_PAGE, taken
from tests.factories import address, contact
from tests.people import client
from tests.sharing.moves import on_roll

pytestmark = pytest.mark.django_db
SAYS = "Before a parent or anybody else from outside reads it, cover what they must not know."


def test_whoever_takes_a_record_with_contacts_is_told_first_and_in_the_file() -> None:
    without, with_contact, with_address = on_roll(), on_roll(), on_roll()
    contact(with_contact, "Zoe Zparent")
    address(with_address, "1 Zstreet\nBD1 1AA")
    for child, says in ((without, False), (with_contact, True), (with_address, True)):
        query = f"?pupil={child.pk}"
        asks = client(HEAD).get(f"{KIND_PAGE}/pupil/new/{query}").content.decode()
        first = next(iter(taken(HEAD, "pupil", query).values()))
        told = " ".join(str(cell) for row in first.iter_rows(values_only=True) for cell in row if cell)
        assert (SAYS in asks) is (SAYS in told) is says
