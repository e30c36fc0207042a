#!/usr/bin/env python3
"""The command line of the portal.

In production SECRET_KEY and the other secrets come from the environment. Without SECRET_KEY every command runs in
demonstration mode, which works on a demonstration's database only (sharing.roles), and without DATABASE_URL on a
PostgreSQL of its own.
"""

import os
import sys

NEEDS_NO_DATABASE = {"check", "collectstatic", "help", "makemessages", "version", "--help", "--version"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    if "SECRET_KEY" not in os.environ:
        os.environ.setdefault("PORTAL_MODE", "demo")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if (
        "DATABASE_URL" not in os.environ
        and os.environ.get("PORTAL_MODE") == "demo"
        and command not in NEEDS_NO_DATABASE
    ):
        from portal import embedded

        os.environ["DATABASE_URL"] = embedded.start()

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
