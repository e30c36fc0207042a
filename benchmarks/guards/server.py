"""The portal as gunicorn serves it, with the list of pupils guarded in the way that GUARD names.

The rest of the page is the portal's: sign-in, session, middleware, the statements of the list, the template.
`unguarded` and `guardian` replace the visit of `door.list_pupils`, and the QuerySet it starts from, by what an
application without the door would have there.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

GUARD = os.environ["GUARD"]
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

from django.conf import settings
from django.core.wsgi import get_wsgi_application

if GUARD in ("unguarded", "guardian", "door"):  # as a superuser, whom no policy binds
    options = settings.DATABASES["default"]["OPTIONS"]
    options["options"] = options["options"].replace("-c role=portal_app ", "")

application = get_wsgi_application()

from django.contrib.auth import get_user_model
from django.shortcuts import get_object_or_404
from django.utils import timezone
from guardian.shortcuts import get_objects_for_user  # noqa: TID251 - its cost is what is measured

from sharing.authorise import Asker, Permission
from sharing.authorise.holdings import Narrowing
from sharing.door import pupils
from sharing.ledger import ledger
from sharing.models import Establishment, Pupil
from sharing.records import Here, Why


class Page:
    """What the list needs from its visit, given without checking who asks."""

    why, narrowing, one = Why("", Permission.VIEW_PUPILS), Narrowing(), None

    def __init__(self, asker: Asker, establishment: Establishment) -> None:
        self.asker, self.establishment, self.today = asker, establishment, timezone.localdate()
        self.here = Here(establishment.urn, establishment.name, True, True, True, True, True, False, True)

    def showed(self, **about: Any) -> None:
        """Writes nothing into the ledger."""


@contextmanager
def _unguarded(asker: Asker, permission: Permission, urn: int, *, action: str) -> Iterator[Page]:
    yield Page(asker, get_object_or_404(Establishment, urn=urn))


@contextmanager
def _guardian(asker: Asker, permission: Permission, urn: int, *, action: str) -> Iterator[Page]:
    mine = get_objects_for_user(_user(asker), "sharing.view_establishment")
    yield Page(asker, get_object_or_404(mine, urn=urn))


def _user(asker: Asker) -> Any:
    return get_user_model()(pk=asker.person_id, is_active=True)


if GUARD == "unguarded":
    pupils.visit = _unguarded  # type: ignore[assignment]  # as in the three below, with a page instead of the visit
    pupils.pupils_here = lambda page: Pupil.objects.filter(establishment=page.establishment)  # type: ignore[assignment]
elif GUARD == "guardian":
    pupils.visit = _guardian  # type: ignore[assignment]
    pupils.pupils_here = lambda page: get_objects_for_user(  # type: ignore[assignment]
        _user(page.asker), "sharing.view_pupil"
    ).filter(establishment=page.establishment)
if GUARD in ("door", "both"):
    ledger._insert = lambda row: None
