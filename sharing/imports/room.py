"""Recognises a full disk: the machine's own, where a file is put while it is read, or PostgreSQL's."""

import errno
from typing import Final

from django.db import OperationalError
from psycopg2 import errors

NO_ROOM: Final = (
    "The service has no room left on its disk. Nothing was changed. Tell the people who run this service, and upload "
    "the file again when they have made room."
)


def is_full(problem: BaseException) -> bool:
    """Whether it failed because a disk is full."""
    if isinstance(problem, OperationalError):
        return isinstance(problem.__cause__, errors.DiskFull)
    return isinstance(problem, OSError) and problem.errno in (errno.ENOSPC, errno.EDQUOT)
