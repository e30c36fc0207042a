"""Recognises a full disk: the machine's own, where a file is put while it is read, or PostgreSQL's.

What PostgreSQL may use of its disk (`temp_file_limit`) can be full too: trying again would not help either.
"""

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
        return isinstance(problem.__cause__, (errors.DiskFull, errors.ConfigurationLimitExceeded))
    return isinstance(problem, OSError) and problem.errno in (errno.ENOSPC, errno.EDQUOT)
