"""R18: a request for records may come from somebody from whom the child is hidden, or who must not learn an address."""

import pytest

from sharing import door
from sharing.door import Exactly
from sharing.door import subject_access as asking
from tests.downloads.subjects import BECKSIDE, TODAY, child
from tests.downloads.test_subject_access import HEAD, MANAGER, request_of, who
from tests.people import EDUNET, SCHOOLS_ONLINE, asker, client, person
from tests.sharing.closings import close, second_manager

pytestmark = pytest.mark.django_db
SAYS = "This child is closed"


def page_of(slug: str, request: int) -> str:
    if slug == HEAD:
        address, site = f"/establishments/{BECKSIDE}/subject-access/{request}/", SCHOOLS_ONLINE
    else:
        address, site = f"/subject-access/{request}/", EDUNET
    return client(slug, site).get(address).content.decode()


def is_closed(slug: str, request: int) -> bool:
    return asking.show_subject_request(*who(slug), request).is_closed


@pytest.mark.parametrize("barred", [False, True])
def test_whoever_answers_for_a_closed_child_is_warned(barred: bool) -> None:
    """R18: the answer has the address. A head who is named is warned too, unless heads must not learn of it."""
    of = child()
    requests = {slug: request_of(of, slug) for slug in (MANAGER, HEAD)}
    for slug, request in requests.items():
        assert is_closed(slug, request) is (SAYS in page_of(slug, request)) is False
    closing = close(of, named=[person(HEAD).email], head_barred=barred)
    for slug, request in requests.items():
        assert is_closed(slug, request) is (SAYS in page_of(slug, request)) is (slug == MANAGER or not barred)
    door.end_closing(asker(MANAGER, EDUNET), closing.pk)
    for slug, request in requests.items():
        assert not is_closed(slug, request)


def test_only_whoever_has_the_answer_made_is_warned() -> None:
    """R18: another information manager keeps the request too, but does not know of which child it is."""
    of, second = child(), second_manager()
    new = asking.NewSubjectRequest(Exactly(upn_key=of.upn_index), "parent", "Parent Askwith", "photo", TODAY)
    request = asking.record_subject_request(asker(second, EDUNET), None, request=new)
    close(of)
    assert SAYS in page_of(second, request)
    assert SAYS not in page_of(MANAGER, request)


def test_it_is_said_what_some_must_not_learn_from_the_answer() -> None:
    """R18: past names, addresses and schools, as after an adoption."""
    assert "each name, address and school of the child" in page_of(MANAGER, request_of(child()))
