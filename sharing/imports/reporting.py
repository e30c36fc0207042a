"""What an import prints on the command line."""

from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sharing.imports.problems import ImportRefused, Problem


def table_of(problems: list[Problem]) -> str:
    """One problem a line: row, field, the value (masked where it is personal) and the cure."""
    return "\n".join(
        f"  row {problem.row if problem.row is not None else '-':<6} {problem.field or '-':<24} "
        f"{problem.value or '-':<24} {problem.cure}"
        for problem in problems
    )


def run(command: BaseCommand, do: Callable[[], Any]) -> None:
    """Run the import and print its report; or print what is wrong with the file, and that nothing was changed."""
    try:
        report = do()
    except ImportRefused as refused:
        fatal = [problem for problem in refused.problems if problem.fatal]
        raise CommandError(f"{refused}\n{table_of(fatal)}\nNothing was changed.") from None
    except OSError as error:
        raise CommandError(f"The file cannot be read: {error.strerror}.") from None
    for line in report.as_lines():
        command.stdout.write(line)
    queries = getattr(report, "queries", [])
    if queries:
        command.stdout.write(f"Queries (unusual, but not errors):\n{table_of(queries)}")
