"""The commands of `manage.py`: what each needs before it does anything.

Code and rules belong together (R6, docs/adr/0045). So a command is refused, in the words of the portal and its worker,
where the rules in the database are those of another version or disposals have to be done again: whoever adds a command
need not think of it. Refused too are those that only read, as `verify_ledger`: it counts by functions of the database,
and would take the ledger of another version for a broken one. And `shut_account`, which might not know all ways in:
where it is refused no portal of this version serves anybody, and one of before that still runs can be stopped.
"""

from django.core.management import BaseCommand, ManagementUtility

NEEDS_NO_SETTINGS = {"help", "version", "--help", "--version"}
NEEDS_NO_DATABASE = {
    "attack_release", "check", "collectstatic", "compilemessages", "diffsettings", "findstatic", "makemessages",
    "sendtestemail", *NEEDS_NO_SETTINGS,
}  # fmt: skip
# With any rules, or none.
BEFORE_THE_RULES = {
    *("create_roles", "migrate", "demo", "seed_bradford"),  # bring them in force, or come before that
    *("makemigrations", "showmigrations", "sqlmigrate", "squashmigrations"),  # what is to be brought
    *("check_service", "runserver"),  # look themselves
    "cast",  # of invented people; says itself that there are none
    "dbshell",  # runs nothing of ours
    "record_backup",  # a dump is one whatever the rules, and is made before an upgrade and after one that failed
}


class Commands(ManagementUtility):
    """Django's, where each command is looked at first."""

    def fetch_command(self, subcommand: str) -> BaseCommand:
        """Raises ImproperlyConfigured where the database is not for this command now."""
        command: BaseCommand = super().fetch_command(subcommand)
        only_explains = self.argv[1:2] != [subcommand] or not {"-h", "--help"}.isdisjoint(self.argv)
        if not only_explains and subcommand not in NEEDS_NO_DATABASE | BEFORE_THE_RULES:
            from sharing.service.starting import refuse_to_run  # needs the apps to be ready

            refuse_to_run(subcommand)
        return command
