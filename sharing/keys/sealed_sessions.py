"""Sessions stored in the database and sealed (R13), because what waits between two pages names children and staff.

A row is not under the key that the browser sends, but under a digest of it: whoever reads the table cannot sign in with
what it shows.

The SESSION_ENGINE. A session that cannot be opened is an empty one, as in Django: the person signs in again.
"""

from base64 import b64decode, b64encode
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import db
from django.db import InternalError
from django.utils import timezone

from sharing.crypto import CannotDecrypt, decrypt, encrypt
from sharing.service.replicas import waiting_for_no_replica

COLUMN = "django_session.session_data"


def row_of(key: str | None) -> str:
    """The key of a session's row, of 160 bits: the column holds 40 characters."""
    return sha256((key or "").encode()).hexdigest()[:40]


class SessionStore(db.SessionStore):
    """Sessions that a page writes only if it changes them: otherwise two pages at once would undo each other's notes.

    Using a session only postpones its end, at most once in SESSION_RENEWED_EVERY seconds, and no page waits for that.
    """

    def exists(self, session_key: str) -> bool:
        return super().exists(row_of(session_key))

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            super().delete(row_of(key))

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        made = super().create_model_instance(data)
        made.session_key = row_of(made.session_key)
        return made

    def _get_session_from_db(self) -> Any:
        found = self.model.objects.filter(pk=row_of(self.session_key), expire_date__gt=timezone.now()).first()
        if found is None:
            self._session_key = None
        return found

    def load(self) -> dict[str, Any]:
        found = self._get_session_from_db()
        if found is None:
            return {}
        self._renew(found)
        return self.decode(found.session_data)

    def _renew(self, found: Any) -> None:
        until = timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE)
        if until - found.expire_date > timedelta(seconds=settings.SESSION_RENEWED_EVERY):
            # If the database accepts no changes, it ends that much sooner; until then the operations page says so.
            with suppress(InternalError), waiting_for_no_replica():
                self.model.objects.filter(pk=found.pk).update(expire_date=until)

    def encode(self, session_dict: dict[str, Any]) -> str:
        return b64encode(encrypt(super().encode(session_dict), column=COLUMN)).decode()

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        try:
            return super().decode(decrypt(b64decode(session_data, validate=True), column=COLUMN))
        except (CannotDecrypt, ValueError):
            return {}
