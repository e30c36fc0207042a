"""`manage.py change_blind_index_key`: put every blind index under another key (docs/operators/keys.md)."""

from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sharing.crypto import CannotDecrypt
from sharing.keys.fit import FIELD_KEYS, index_fits
from sharing.keys.index_renewal import exchange, find_pairs, hold
from sharing.ledger import ledger, proof
from sharing.retention.replaying import refuse_until_replayed
from sharing.roles import BATCH, acting_as, others_of_the_portal, refuse_a_pool
from sharing.service import service_runs

NO_OLD = "Set OLD_BLIND_INDEX_KEY to the key as it was and BLIND_INDEX_KEY to the new one, in batch.env."
NOT_LOST = "OLD_BLIND_INDEX_KEY is set, so that key is not lost: leave --lost out."
SAME = "OLD_BLIND_INDEX_KEY and BLIND_INDEX_KEY are the same. Make a new key: openssl rand -base64 32"
NOT_THE_OLD = "OLD_BLIND_INDEX_KEY is not the key of what is stored. Nothing was changed."
TAKE_OUT = " Take OLD_BLIND_INDEX_KEY out of batch.env."
ALREADY = "Every index is already under BLIND_INDEX_KEY: nothing to do."
RUNNING = (
    "The portal is running ({}). Stop it on every machine, with its worker and a pool before it. Nothing was changed."
)
LOST = (
    "{} of {} indexes are of a number that is no longer stored anywhere, such as a UPN before the former one. They "
    "cannot be made again: a file with such a number brings the child in again, for merge_children to join."
)
ASKS = "That cannot be undone. Type yes to go on: "


class Command(BaseCommand):
    help = (
        "Make every blind index again under BLIND_INDEX_KEY. OLD_BLIND_INDEX_KEY is the one they are under; --lost: "
        "nobody has it. Stop the portal first. It does all of it or nothing, and may be run again without harm."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--lost", action="store_true", help="the old key is lost: make the indexes without it")
        parser.add_argument("--yes", action="store_true", help="go on without asking if numbers are lost: for scripts")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_a_pool()
        refuse_until_replayed()
        if options["lost"] and settings.OLD_BLIND_INDEX_KEY:
            raise CommandError(NOT_LOST)
        if not (options["lost"] or settings.OLD_BLIND_INDEX_KEY):
            raise CommandError(NO_OLD)
        if settings.OLD_BLIND_INDEX_KEY == settings.BLIND_INDEX_KEY:
            raise CommandError(SAME)
        try:
            with acting_as(BATCH), ledger.written_last():
                old = settings.OLD_BLIND_INDEX_KEY or None
                written = self._change(old, settings.BLIND_INDEX_KEY, options["yes"])
        except CannotDecrypt:
            raise CommandError(FIELD_KEYS) from None
        if not written:
            self.stdout.write(f"{ALREADY}{'' if options['lost'] else TAKE_OUT}")
            return
        self.stdout.write(f"{written} rows are under the new key.{'' if options['lost'] else TAKE_OUT}")
        self._sign()

    def _change(self, old: str | None, new: str, is_sure: bool) -> int:
        """Change the key. `old`: None where it is lost. Returns how many rows were written; 0 where all of them were
        under the new key already."""
        _refuse_others()
        hold()
        if old is None or not index_fits(old):
            if index_fits(new):
                return 0
            if old:
                raise CommandError(NOT_THE_OLD)
        found = find_pairs(old, new)
        if old and found.lost > found.known:
            raise CommandError(NOT_THE_OLD)
        if found.lost:
            self.stdout.write(LOST.format(found.lost, found.lost + found.known))
            if not is_sure and not _agreed():
                raise CommandError("Nothing was changed.")
        written = exchange()
        if not index_fits(new):
            raise CommandError("What was written is not under the new key. Nothing was changed.")
        # If somebody has searched by a UPN, their session has its index.
        Session.objects.all().delete()
        service_runs.note_key(timezone.localdate())
        about = {"rows": written, "lost": found.lost}
        ledger.changed(action="change_blind_index_key", about=about)
        _refuse_others()
        return written

    def _sign(self) -> None:
        """Sign today's head of the ledger, which then covers this row."""
        with acting_as(BATCH):
            for done in proof.seal():
                self.stdout.write(done)


def _refuse_others() -> None:
    """Refuse while others are running: with the old key they would find nobody, and bring in each child again."""
    others = others_of_the_portal()
    if others:
        raise CommandError(RUNNING.format(", ".join(f"{login}: {number}" for login, number in others)))


def _agreed() -> bool:
    try:
        return input(ASKS).strip() == "yes"
    except EOFError:
        return False
