"""Views that an officer keeps (R2): of a closed set, and nobody's name in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing import door
from sharing.authorise import NoSuchRecord, NotAtYourLevel
from sharing.door import keepable
from sharing.models import SavedView
from tests.locks.switches import rows
from tests.people import EDUNET, SCHOOLS_ONLINE, as_batch, asker, client

OFFICER = "officer-no-duty"
TYPED = {"kind": "nursery", "named": "Maren Zzyxview", "page": "7", "sort": "idaci", "upn": "A123"}


@given(
    st.sampled_from(["establishments", "returns_across", "all_transfers", "releases"]),
    st.dictionaries(st.sampled_from(["kind", "sort", "state", "only", "named", "q", "of"]), st.text(max_size=20)),
)
def test_what_is_typed_is_never_kept(page: str, typed: dict[str, str]) -> None:
    """R2: a value that is not on the list of that filter leaves no trace."""
    options = {one.name: one.options() for one in keepable.VIEWS[page][1]}
    kept = keepable.chosen(page, typed)
    assert {one.name: value for one, value in kept} == {
        name: value for name, value in typed.items() if value and value in options.get(name, ())
    }


@pytest.mark.django_db
class TestKeeping:
    def keep(self, name: str = "Nurseries", page: str = "establishments", slug: str = OFFICER) -> None:
        door.save_view(asker(slug, EDUNET), page, TYPED, name=name)

    def home(self, slug: str = OFFICER) -> str:
        return client(slug, EDUNET).get("/").content.decode()

    def test_it_stands_on_ones_own_home_page_without_what_was_searched_for(self) -> None:
        self.keep()
        assert "/establishments/?kind=nursery&amp;sort=idaci" in self.home()
        assert "Zzyxview" not in self.home()
        assert "Views you keep" not in self.home("officer-admissions")
        with as_batch():
            ((query, name),) = rows("SELECT query, name FROM sharing_savedview")
        assert query == "kind=nursery&sort=idaci"
        assert b"Nurseries" not in bytes(name)

    def test_the_same_list_again_gets_the_new_name_and_there_is_an_end(self) -> None:
        self.keep()
        self.keep("Little ones")
        with as_batch():
            mine = SavedView.objects.get()
            assert mine.name == "Little ones"
            SavedView.objects.bulk_create(
                SavedView(person_id=mine.person_id, name="x", page="releases", query=f"{number}")
                for number in range(SavedView.MOST - 1)
            )
        with pytest.raises(door.TooManyViews):
            self.keep(page="school_finder")
        self.keep("Nurseries")
        with as_batch():
            assert SavedView.objects.get(pk=mine.pk).name == "Nurseries"

    def test_who_may_not(self) -> None:
        with pytest.raises(NoSuchRecord):
            self.keep(page="pupils")
        with pytest.raises(NotAtYourLevel):
            door.save_view(asker("head-beckside", SCHOOLS_ONLINE), "establishments", TYPED, name="x")
        self.keep()
        with as_batch():
            number = SavedView.objects.get().pk
        door.forget_view(asker("officer-admissions", EDUNET), number)
        with as_batch():
            assert SavedView.objects.filter(pk=number).exists()

    def test_in_the_browser(self) -> None:
        browser = client(OFFICER, EDUNET)
        assert b"Keep this view" in browser.get("/establishments/?kind=nursery").content
        page = "/saved-views/establishments/add/?kind=nursery&named=Maren"
        assert b"Nursery" in browser.get(page).content
        assert browser.post(page, {"name": ""}).status_code == 422
        assert b"Small ones" in browser.post(page, {"name": "Small ones"}, follow=True).content
        with as_batch():
            number = SavedView.objects.get().pk
        assert b"Small ones" not in browser.post(f"/saved-views/{number}/remove/", follow=True).content
        assert browser.get("/saved-views/pupils/add/").status_code == 404
        assert b"Keep this view" not in client("head-beckside").get("/establishments/").content
