"""Sessions, kept in the database and sealed (R13): what waits between two pages names children and staff.

The SESSION_ENGINE. A session that cannot be opened is an empty one, as in Django: its person signs in once more.
"""

from base64 import b64decode, b64encode
from typing import Any

from django.contrib.sessions.backends import db

from sharing.crypto import CannotDecrypt, decrypt, encrypt

COLUMN = "django_session.session_data"


class SessionStore(db.SessionStore):
    def encode(self, session_dict: dict[str, Any]) -> str:
        return b64encode(encrypt(super().encode(session_dict), column=COLUMN)).decode()

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        try:
            return super().decode(decrypt(b64decode(session_data, validate=True), column=COLUMN))
        except (CannotDecrypt, ValueError):
            return {}
