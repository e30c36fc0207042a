"""Things done at the same moment, each in a thread with a database connection of its own."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import connections

from sharing.cannot import CannotDo


def at_once(*tasks: Callable[[], object]) -> list[object]:
    """What each task returned, or the exception it ended in, in the order of the tasks. They start together."""
    start, outcomes = threading.Barrier(len(tasks)), [None] * len(tasks)

    def attempt(place: int, task: Callable[[], object]) -> None:
        try:
            start.wait()
            outcomes[place] = task()
        except Exception as problem:
            outcomes[place] = problem
        finally:
            connections.close_all()

    threads = [threading.Thread(target=attempt, args=pair) for pair in enumerate(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def race(*tasks: Callable[[], object], words: Callable[[Any], str] = str) -> Counter[str]:
    """How often each outcome occurred: "done", or a refusal in its words."""

    def in_words(ended: object) -> str:
        if isinstance(ended, CannotDo):
            return words(ended)
        return repr(ended) if isinstance(ended, Exception) else "done"

    return Counter(in_words(ended) for ended in at_once(*tasks))
