"""R18: an answer waits, and the two children whose records are in it turn out to be two."""

from datetime import timedelta

import pytest

from sharing import children, door
from sharing.door import NotHereAnyMore
from sharing.door import subject_access as asking
from sharing.downloads import making
from tests.downloads.subjects import BECKSIDE, TODAY, child
from tests.downloads.test_subject_access import MANAGER, RAVENSGILL, request_of, who


@pytest.mark.usefixtures("own_database")
@pytest.mark.parametrize("were_two", [True, False])
def test_an_answer_with_another_childs_records_is_not_handed_out(were_two: bool) -> None:
    """R18: nobody hands over a record that is not of the child who was asked for; the answer is made again."""
    of, other = child(), child(RAVENSGILL, ends_on=TODAY - timedelta(days=30))
    joined = children.merge(other.child_id, of.child_id, because="Test", by_name="Test")
    request, (asks, urn) = request_of(of), who(MANAGER)
    number = asking.prepare_answer(asks, urn, request)
    assert making.do_next()
    if were_two:
        children.undo(joined.pk, by_name="Test")
        with pytest.raises(NotHereAnyMore):
            door.collect_download(asks, BECKSIDE, "subject", number)
        number = asking.prepare_answer(asks, urn, request)
        assert making.do_next()
    assert door.collect_download(asks, BECKSIDE, "subject", number).content
