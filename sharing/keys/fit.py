"""Checking that the keys in the environment are those with which the stored records were written (R13).

Each env file has a copy of them. With a mistake in one copy, the worker would not recognise children by their UPN and
would bring each of them in a second time, or the web application would write what nobody else can read.
"""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError

from sharing import crypto
from sharing.models import Pupil
from sharing.models.service import ServiceRun
from sharing.roles import BATCH, acting_as

CURE = "Compare web.env, batch.env and owner.env: the keys are the same in all of them (docs/operators/keys.md)."
FIELD_KEYS = f"FIELD_KEYS does not open what is stored: a key is missing, or another key has its name. {CURE}"
AFTER_A_RESTORE = (
    "After a restore, first run `manage.py dispose --replay`: it says whether the store of the keys is too old."
)
INDEX_KEY = f"BLIND_INDEX_KEY is not the one by which the stored children are known. {CURE}"
_COLUMN = "check"
LOOKED_AT = 3  # children: one whose UPN was corrected by hand says nothing about the key


class OtherKeys(CommandError, ImproperlyConfigured):
    """Nothing may be brought in or served with these keys. The text says what to do."""


def refuse_other_keys() -> None:
    """Raise OtherKeys, for those who may read any child: the worker, run_daily and imports by command."""
    with acting_as(BATCH):
        if not index_fits(settings.BLIND_INDEX_KEY):
            raise OtherKeys(INDEX_KEY)


def index_fits(key: str) -> bool:
    """Whether this key gives children's stored indexes; any key does where no child has a UPN. Needs portal_batch.

    Raises OtherKeys where FIELD_KEYS does not open what is stored.
    """
    known = Pupil.objects.exclude(upn_index="").filter(upn__isnull=False).order_by("-pk").only("upn", "upn_index")
    try:
        some = list(known[:LOOKED_AT])
    except crypto.CannotDecrypt:
        raise OtherKeys(f"{FIELD_KEYS} {AFTER_A_RESTORE}") from None
    return not some or any(crypto.index_under(key, str(pupil.upn)) == pupil.upn_index for pupil in some)


def sample() -> dict[str, str]:
    """What run_daily and rotate_keys note for `refuse_keys_of_another`. It reveals nothing about the keys."""
    return {"sealed": crypto.encrypt("", column=_COLUMN).hex(), "index": crypto.blind_index(_COLUMN)}


def refuse_keys_of_another() -> None:
    """Raise OtherKeys where the last noted sample does not fit; for the web application, which reads no child."""
    known = ServiceRun.objects.filter(name=ServiceRun.Job.KEY).first()
    if known is None or "sealed" not in known.about:
        return
    try:
        crypto.decrypt(bytes.fromhex(known.about["sealed"]), column=_COLUMN)
    except crypto.CannotDecrypt:
        raise OtherKeys(FIELD_KEYS) from None
    if known.about["index"] != crypto.blind_index(_COLUMN):
        raise OtherKeys(INDEX_KEY)
