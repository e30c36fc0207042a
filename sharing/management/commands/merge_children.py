"""`manage.py merge_children list | merge CHILD INTO | undo MERGE`."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sharing.children import CannotMerge, PossibleDuplicate, merge, possible_duplicates, undo
from sharing.models import ChildMerge
from sharing.roles import BATCH, acting_as


class Command(BaseCommand):
    help = "Join two identities of one child, or undo that. Prints ids and schools, no UPN and no child's name."

    def add_arguments(self, parser: CommandParser) -> None:
        do = parser.add_subparsers(dest="do", required=True)
        do.add_parser("list", help="Identities that look like one child, and the merges that were made.")
        joining = do.add_parser("merge", help="CHILD becomes the same as INTO.")
        joining.add_argument("child", type=UUID)
        joining.add_argument("into", type=UUID)
        joining.add_argument("--because", required=True, help="How you know, without names: it is kept.")
        undoing = do.add_parser("undo", help="Make the two identities of a merge two again.")
        undoing.add_argument("merge", type=int)
        for with_a_name in (joining, undoing):
            with_a_name.add_argument("--by", required=True, help="Who decided it.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["do"] == "merge":
                done = merge(options["child"], options["into"], because=options["because"], by_name=options["by"])
                self.stdout.write(f"Merge {done.pk}: done. `merge_children undo {done.pk}` takes it back.")
            elif options["do"] == "undo":
                undo(options["merge"], by_name=options["by"])
                self.stdout.write(f"Merge {options['merge']} is undone.")
            else:
                self._list()
        except CannotMerge as reason:
            raise CommandError(str(reason)) from None

    def _list(self) -> None:
        for pair in possible_duplicates():
            self.stdout.write(f"{pair.child} {pair.other} {', '.join(pair.schools)}{_remarks(pair)}")
        with acting_as(BATCH):
            for done in ChildMerge.objects.order_by("pk"):
                state = f"undone {done.undone_at:%d/%m/%Y}" if done.undone_at else "stands"
                self.stdout.write(f"merge {done.pk}: {done.child_id} into {done.into_id}, {done.at:%d/%m/%Y}, {state}")


def _remarks(pair: PossibleDuplicate) -> str:
    remarks = [
        "a temporary UPN" if pair.has_temporary else "",
        "a former UPN" if pair.is_former else "",
        "the same UPN" if pair.is_one_upn else "",
        "another surname and date of birth: it looks like two, ask whose UPN it is" if pair.looks_like_two else "",
        f"both at {pair.same_school}: cannot be joined" if pair.same_school else "",
    ]
    said = "; ".join(remark for remark in remarks if remark)
    return f" ({said})" if said else ""
