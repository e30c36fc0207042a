#!/usr/bin/env python3
"""The command line of the portal.

In production SECRET_KEY and the other secrets come from the environment. Without SECRET_KEY every command runs in
demonstration mode, which works on a demonstration's database only (sharing.roles), and without DATABASE_URL on a
PostgreSQL of its own. Where SETTINGS_OF_PRODUCTION is, somebody has forgotten to load them: nothing is invented there.
"""

import os
import sys
from pathlib import Path

from portal.commands import NEEDS_NO_DATABASE, NEEDS_NO_SETTINGS, Commands
from portal.plainly import said_plainly

SETTINGS_OF_PRODUCTION = Path("/etc/portal")
FORGOTTEN = (
    "SECRET_KEY is not set, and this machine has settings of production in {folder}. Load them first: "
    "set -a; . {folder}/batch.env; set +a (owner.env for migrate). For a demonstration set PORTAL_MODE=demo."
)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if "SECRET_KEY" not in os.environ:
        if "PORTAL_MODE" not in os.environ and SETTINGS_OF_PRODUCTION.is_dir() and command not in NEEDS_NO_SETTINGS:
            sys.exit(FORGOTTEN.format(folder=SETTINGS_OF_PRODUCTION))
        os.environ.setdefault("PORTAL_MODE", "demo")
    if (
        "DATABASE_URL" not in os.environ
        and os.environ.get("PORTAL_MODE") == "demo"
        and command not in NEEDS_NO_DATABASE
    ):
        from portal import embedded

        os.environ["DATABASE_URL"] = embedded.start()

    with said_plainly():
        Commands(sys.argv).execute()


if __name__ == "__main__":
    main()
