"""Log lines that name places in the code, and nobody's data."""

import logging
import traceback
from types import TracebackType


class WithoutData(logging.Formatter):
    """An exception as its type and the lines it came from: its own words may quote a row."""

    def formatException(  # noqa: N802 - logging's name
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        kind, _, trace = ei
        places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
        return "\n".join([f"{kind.__name__ if kind else 'exception'}, from", *places])
