"""R13: with keys that are not those of the stored records nothing starts, and no child is brought in a second time."""

from base64 import b64encode
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from sharing.imports.by_command import bring_in_all
from sharing.imports.census import KIND
from sharing.keys.fit import OtherKeys, refuse_keys_of_another, refuse_other_keys
from sharing.models import Pupil
from sharing.service import service_runs, work
from tests import factories
from tests.people import as_batch
from tests.retention.worlds import BECKSIDE

pytestmark = pytest.mark.django_db
ANOTHER = b64encode(b"another key, of thirty-two bytes").decode()
STARTS = [
    work.until_ended,
    lambda: call_command("work", "--once"),
    lambda: call_command("run_daily", stdout=StringIO()),
    lambda: bring_in_all(None, KIND, [], apply=True),
]


def a_child() -> None:
    with as_batch():
        factories.pupil(BECKSIDE)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize(("name", "value"), [("BLIND_INDEX_KEY", ANOTHER), ("FIELD_KEYS", f"demo:{ANOTHER}")])
def test_neither_the_worker_nor_the_night_nor_an_import_goes_on_with_other_keys(
    start, name: str, value: str, settings
) -> None:
    a_child()
    refuse_other_keys()
    setattr(settings, name, value)
    with pytest.raises(CommandError, match=f"{name} .*Compare web.env") as refused:
        start()
    assert ANOTHER not in str(refused.value)


@pytest.mark.parametrize(("name", "value"), [("BLIND_INDEX_KEY", ANOTHER), ("FIELD_KEYS", f"demo:{ANOTHER}")])
def test_the_web_application_has_the_keys_of_the_night(name: str, value: str, settings) -> None:
    """It reads no child by itself: a sample is noted for it."""
    refuse_keys_of_another()
    service_runs.note_key(timezone.localdate())
    refuse_keys_of_another()
    setattr(settings, name, value)
    with pytest.raises(OtherKeys, match=name):
        refuse_keys_of_another()


def test_a_key_that_is_changed_as_the_page_says_is_never_refused(settings) -> None:
    """docs/operators/keys.md: the new one in front, rotate_keys, the old one away. Nobody waits for the night."""
    a_child()
    old = settings.FIELD_KEYS
    service_runs.note_key(timezone.localdate())
    for ring in (f"2027:{ANOTHER},{old}", f"2027:{ANOTHER}"):
        settings.FIELD_KEYS = ring
        refuse_keys_of_another()
        refuse_other_keys()
        call_command("rotate_keys", stdout=StringIO())


def test_children_without_a_upn_tell_of_no_key() -> None:
    """R5, R13: told from outside, each is known by an index that is drawn. Nothing is refused for them."""
    with as_batch():
        Pupil.objects.update(upn="")
    refuse_other_keys()
