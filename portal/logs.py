"""Log lines that name places in the code, and nobody's data, nor anything that lets somebody in."""

import logging
import re
import traceback
from types import TracebackType
from typing import Final

# Links from emails: anybody who read one in the log before it was used could take over the account. nginx hides the
# same ones.
_SECRET_IN_LINK: Final = re.compile(r"/(invitation|password/reset)/[^/\s]+")
# What follows an address may be a search. Our own lines never include it; gunicorn's do, when it could not answer.
_SEARCH: Final = re.compile(r"(?<=\S)\?\S+")


class WithoutData(logging.Formatter):
    """An exception as its type and the lines it came from, because its own words may quote a row."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        return _SEARCH.sub("?...", _SECRET_IN_LINK.sub(r"/\1/...", super().formatMessage(record)))

    def formatException(  # noqa: N802 - logging's name
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        kind, problem, trace = ei
        places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
        # PostgreSQL's name for the error says more than Django's: ReadOnlySqlTransaction, DiskFull, LockNotAvailable.
        kinds = [kind.__name__ if kind else "exception"]
        if problem and problem.__cause__:
            kinds.append(type(problem.__cause__).__name__)
        return "\n".join([f"{', '.join(kinds)}, from", *places])
