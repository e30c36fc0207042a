"""A database made ready for invented people and data: its roles and tables."""

import psycopg2
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError

from sharing.roles import claim_for_the_demonstration, create_roles


def make_ready(*, claim: bool) -> None:
    """Make roles and tables. `claim`: mark the database as the demonstration's, which must be empty or so marked."""
    try:
        if claim:
            claim_for_the_demonstration()
        create_roles()
    except ImproperlyConfigured as problem:
        raise CommandError(str(problem)) from None
    except psycopg2.Error as problem:
        raise CommandError(
            f"The login in DATABASE_URL must own the database and be able to create roles: {problem}"
        ) from None
    call_command("migrate", verbosity=0)
