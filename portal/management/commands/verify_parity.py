"""`manage.py verify_parity` reads the two sites side by side (R31, R40)."""

import random
import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portal.parity.comparing import Both, Comparison
from portal.parity.fetching import Reader
from portal.sites import EDUNET, SCHOOLS_ONLINE, Site
from sharing.service import service_runs

SHOWN = 100  # differences that are written out


class Command(BaseCommand):
    help = (
        "Read every page and file of figures on both sites, and compare each figure, date, mark of suppression and "
        "release. Fails and lists what differs. The result is shown on the page “The same data on both sites”. Needs "
        "the web application's login."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--sample", type=int, default=20, metavar="N", help="N establishments by lot (20)")
        which.add_argument("--all", action="store_true", help="every establishment that both sites show")
        parser.add_argument("--seed", type=int, help="draw as an earlier run did")
        parser.add_argument(
            "--schools-online", nargs="+", metavar="EMAIL", default=settings.PARITY_SCHOOLS_ONLINE,
            help="who reads at Schools Online, with a place at an establishment that takes part",
        )  # fmt: skip
        parser.add_argument("--edunet", metavar="EMAIL", default=settings.PARITY_EDUNET, help="the officer who reads")

    def handle(self, *args: Any, **options: Any) -> None:
        seed = secrets.randbelow(1_000_000) if options["seed"] is None else options["seed"]
        draw, started_at = random.Random(seed), timezone.now()  # noqa: S311 - a sample, no secret
        at_schools = [_reader(email, SCHOOLS_ONLINE) for email in options["schools_online"]]
        if not at_schools or not options["edunet"]:
            raise CommandError("Say who reads: --schools-online and --edunet, or PARITY_SCHOOLS_ONLINE, PARITY_EDUNET.")
        if not all(reader.listed.keys() - reader.own for reader in at_schools):
            raise CommandError("Whoever reads at Schools Online needs a place at an establishment that takes part.")
        both = Both(at_schools, _reader(options["edunet"], EDUNET), draw=draw)
        urns = both.establishments()
        if not urns:
            raise CommandError("There is no establishment about which both may read.")
        chosen = urns if options["all"] else sorted(draw.sample(urns, min(options["sample"], len(urns))))
        found = both.compare(chosen)
        service_runs.add_comparison(
            started_at=started_at,
            ended_at=timezone.now(),
            is_whole=chosen == urns,
            establishments=found.establishments,
            pages=found.pages.total(),
            figures=found.figures.total(),
            differences=len(found.differences),
            about=found.by_kind,
        )
        self._tell(found, seed)

    def _tell(self, found: Comparison, seed: int) -> None:
        for kind, (pages, figures, differences) in found.by_kind.items():
            self.stdout.write(f"{kind}: {pages} addresses, {figures} values, {differences} differences")
        if found.not_made:
            self.stdout.write(f"{found.not_made} reports are not made yet, and were left out.")
        if found.differences:
            listed = "\n".join(str(difference) for difference in found.differences[:SHOWN])
            raise CommandError(f"{len(found.differences)} differences (--seed {seed}):\n{listed}")
        self.stdout.write(f"The same on both sites, at {found.establishments} establishments.")


def _reader(email: str, site: Site) -> Reader:
    """The person with this address, as a reader of the site. Raises CommandError if they can read nothing there."""
    person = get_user_model().objects.of_address(email).filter(is_active=True).first()
    today = timezone.localdate()
    if person is None or (site == EDUNET and not person.is_officer_on(today)):
        raise CommandError(f"Nobody with that address may use {site.name} today.")
    if not person.protocol_accepted_until or person.protocol_accepted_until < today:
        raise CommandError(f"Whoever reads at {site.name} has to accept the protocol first.")
    return Reader(person, site)
