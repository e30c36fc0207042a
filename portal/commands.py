"""The commands of `manage.py`, and what each needs before it does anything.

Code and rules belong together (R6, docs/adr/0045). A command is therefore refused, in the same words as the portal and
its worker, if the rules in the database belong to another version or disposals have to be done again. This applies to
every command unless it is listed here, so somebody adding a command need not think of it. It includes commands that
only read, such as `verify_ledger`: it relies on functions of the database, and would take the ledger of another version
for a broken one. It also includes `shut_account`, which might not know all the ways in: while it is refused, no portal
of this version serves anybody, and one of an earlier version that still runs can be stopped.
"""

from django.core.management import BaseCommand, ManagementUtility

NEEDS_NO_SETTINGS = {"help", "version", "--help", "--version"}
NEEDS_NO_DATABASE = {
    "attack_release", "check", "collectstatic", "compilemessages", "diffsettings", "findstatic", "makemessages",
    "sendtestemail", *NEEDS_NO_SETTINGS,
}  # fmt: skip
# These run with any rules, or none.
BEFORE_THE_RULES = {
    *("create_roles", "migrate", "demo", "seed_bradford"),  # bring the rules into force, or come before that
    *("makemigrations", "showmigrations", "sqlmigrate", "squashmigrations"),  # about the migrations themselves
    *("check_service", "runserver"),  # check the rules themselves
    "cast",  # about invented people; says itself if there are none
    "dbshell",  # runs nothing of ours
    "record_backup",  # a dump is valid with any rules, and is made before an upgrade and after a failed one
}


class Commands(ManagementUtility):
    """Django's commands, each checked before it runs."""

    def fetch_command(self, subcommand: str) -> BaseCommand:
        """The command. Raises ImproperlyConfigured if the database is not fit for it at present."""
        command: BaseCommand = super().fetch_command(subcommand)
        only_explains = self.argv[1:2] != [subcommand] or not {"-h", "--help"}.isdisjoint(self.argv)
        if not only_explains and subcommand not in NEEDS_NO_DATABASE | BEFORE_THE_RULES:
            from sharing.service.starting import refuse_to_run  # needs the apps to be ready

            refuse_to_run(subcommand)
        return command
