"""Fetches a page as somebody at one of the sites gets it, with no browser, session or way in (docs/adr/0022)."""

import csv
import io
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import RequestFactory
from django.urls import get_urlconf, resolve, set_urlconf

from portal.sites import Site
from sharing import door
from sharing.authorise import Asker, Through
from sharing.keys.sealed_sessions import SessionStore
from sharing.records import Place

OK = 200
LIST = "/establishments/download/csv/"


@dataclass(frozen=True)
class Answer:
    status: int
    content: bytes = b""


class Reader:
    """A person at one site, without a second factor. So no page opens pupils, staff or the register, whoever it is, and
    no figure of fewer than 10 children is shown (R12, R13). The ledger records it as a comparison in their name."""

    def __init__(self, person: Any, site: Site) -> None:
        self.person, self.site = person, site
        self.asker = Asker(person.pk, f"{person.name} (sites compared)", Through(site.slug))

    def get(self, path: str) -> Answer:
        """The view's answer. A refusal is given as its status."""
        request: Any = RequestFactory().get(path, headers={"host": self.site.host})
        request.site, request.user, request.asker = self.site, self.person, self.asker
        request.session, request.urlconf = SessionStore(), self.site.urlconf
        request._messages = FallbackStorage(request)
        before = get_urlconf()
        set_urlconf(self.site.urlconf)
        try:
            match = resolve(request.path_info, self.site.urlconf)
            response = match.func(request, *match.args, **match.kwargs)
            return Answer(response.status_code, response.content)
        except Http404:
            return Answer(404)
        except PermissionDenied:
            return Answer(403)
        finally:
            set_urlconf(before)

    @cached_property
    def listed(self) -> dict[int, dict[str, str]]:
        """The establishments the person may read about, in the order of the list: URN -> its row."""
        rows = csv.DictReader(io.StringIO(self.get(LIST).content.decode("utf-8-sig")))
        return {int(row["school_urn"]): row for row in rows}

    @cached_property
    def own(self) -> set[int]:
        """The URNs of the establishments where the person has a place."""
        return {place.urn for place in self._places}

    @cached_property
    def opens_without_pupils(self) -> set[int]:
        """Those where the person's place opens no pupils, so that the dashboard asks for no second factor."""
        return {place.urn for place in self._places if not place.can_view_pupils}

    @cached_property
    def _places(self) -> tuple[Place, ...]:
        return door.my_places(self.asker)
