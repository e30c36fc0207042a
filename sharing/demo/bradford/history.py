"""The records of one establishment: each child who is or was there, with everything that belongs to the record."""

from datetime import date, timedelta
from random import Random
from uuid import UUID, uuid5

from sharing.crypto import blind_index
from sharing.demo import lives
from sharing.demo.adding import copied, sealed
from sharing.demo.bradford.children import Children, Known
from sharing.demo.bradford.copying import Sheets, as_json
from sharing.demo.bradford.places import BRADFORD, Place
from sharing.demo.bradford.stays import AFTER_RECEPTION, Stay, World
from sharing.demo.days import counted_on, last_census
from sharing.demo.lives.attendance import term_begins
from sharing.demo.pupils import A_CLASS, NAMESPACE, record_id
from sharing.keys.child_keys import ChildKey
from sharing.models import Enrolment

TERMS, YEARS_OF_RESULTS = 9, 3
FIRST_SECONDARY_YEAR = 7
LEFT = "NT"


class Histories:
    """Writes what the world's establishments have on record."""

    def __init__(self, world: World) -> None:
        self._world, self._children = world, Children(world)
        self._as_of, _ = last_census(world.today)
        self._terms = lives.counted_terms(world.today, TERMS)

    def write(self, place: Place, establishment: int, sheets: Sheets) -> None:
        """Write every record of the place; `establishment` is the id of its row."""
        in_year: dict[str, int] = {}
        for stay in self._world.stays(place):
            nth = in_year[stay.year_group] = in_year.get(stay.year_group, -1) + 1
            letter = chr(ord("A") + nth // A_CLASS % 26) if stay.ends_on is None else ""
            self._record(place, establishment, stay, letter and f"{stay.year_group}{letter}", sheets)

    def _record(self, place: Place, establishment: int, stay: Stay, class_name: str, sheets: Sheets) -> None:
        child = self._children.know(stay.who)
        rng = Random(f"{self._world.seed} at {place.urn} {child.upn}")  # noqa: S311 - invented children, not secrets
        pupil = record_id(place.urn, child.upn)
        as_of = min(self._as_of, stay.ends_on or self._as_of)
        key = (str(pupil), establishment, BRADFORD, as_of)
        index = blind_index(child.upn)
        if stay.is_new:
            self._identity(child, index, sheets)
        own = ChildKey.make()
        sheets.add("portal_keys.key", own.id, str(child.child_id), copied(own.wrapped))
        self._pupil(child, stay, class_name, pupil, establishment, index, as_of, own, sheets)
        sheets.add("sharing_pupilneeds", *key, child.sen, child.sen == "E" and rng.random() < 0.03,
                   child.sen != "N" and rng.random() < 0.05)  # fmt: skip
        for rank, need in enumerate(lives.needs_of(rng, child.sen), start=1):
            sheets.add("sharing_senneed", *key, rank, need)
        since, until = min(stay.starts_on, as_of), as_of
        for first, last in lives.meals_periods(rng, child.free_meals, since, until):
            sheets.add("sharing_freemealsperiod", *key, first, last, "ENG")
        if stay.kind != Enrolment.Kind.GUEST:
            self._attendance(place, child, stay, rng, key, sheets)
        self._results(place, child, stay, key, sheets)
        self._home(child, stay, key, own, sheets)
        sheets.add("sharing_enrolment", str(pupil), establishment, str(stay.kind), stay.starts_on, stay.ends_on,
                   LEFT if stay.ends_on else "", stay.destination)  # fmt: skip

    def _identity(self, child: Known, index: str, sheets: Sheets) -> None:
        sheets.add("sharing_child", str(child.child_id), index, None)
        if child.former_upn:
            former = str(uuid5(NAMESPACE, f"child {child.former_upn}"))
            sheets.add("sharing_child", former, blind_index(child.former_upn), str(child.child_id))

    def _pupil(
        self, child: Known, stay: Stay, class_name: str, pupil: UUID, establishment: int, index: str, as_of: date,
        own: ChildKey, sheets: Sheets,
    ) -> None:  # fmt: skip
        sheets.add(
            "sharing_pupil", str(pupil), establishment, str(child.child_id),
            sealed(child.upn, "sharing_pupil.upn", own), sealed(child.former_upn, "sharing_pupil.former_upn", own),
            sealed(child.uln, "sharing_pupil.uln", own), index,
            blind_index(child.former_upn) if child.former_upn else "",
            child.surname, child.forename, child.middle_names, child.preferred_surname, child.born_on, child.sex,
            child.ethnicity, child.language, stay.year_group, class_name, child.free_meals, child.service_child,
            child.young_carer, child.post_looked_after, AFTER_RECEPTION[stay.year_group] < 0, "N", BRADFORD, as_of,
        )  # fmt: skip

    def _attendance(
        self, place: Place, child: Known, stay: Stay, rng: Random, key: tuple[object, ...], sheets: Sheets
    ) -> None:
        pupil, establishment, source, _ = key
        here = [
            term
            for term in self._terms
            if term[0] >= stay.who.cohort
            and term_begins(*term) >= stay.starts_on - timedelta(days=14)
            and (stay.ends_on is None or term_begins(*term) < stay.ends_on - timedelta(days=30))
        ]
        older = [term for term in here if term[0] - stay.who.cohort >= FIRST_SECONDARY_YEAR]
        younger = [term for term in here if term not in older]
        for terms, rate, is_secondary in ((younger, child.misses_young, False), (older, child.misses_older, True)):
            for counted in lives.attended(rng, rate, terms):
                sheets.add(
                    "sharing_attendance", pupil, establishment, source,
                    counted_on(counted.academic_year, counted.term), counted.academic_year, int(counted.term),
                    counted.possible, counted.absent, counted.unauthorised, as_json(counted.by_code),
                )  # fmt: skip
            for category, first, sessions, reasons in lives.suspended(rng, terms, is_secondary=is_secondary):
                sheets.add("sharing_suspension", *key, category, first, sessions, reasons)

    def _results(self, place: Place, child: Known, stay: Stay, key: tuple[object, ...], sheets: Sheets) -> None:
        """Write the last three years' results; those from before the child came say where (as a transfer file does)."""
        rng = Random(f"{self._world.seed} results {child.upn}")  # noqa: S311 - the same at each school
        last = self._world.this_year - 1
        pupil, establishment, source, _ = key
        after = stay.who.cohort + AFTER_RECEPTION[stay.year_group] - (stay.ends_on is None)
        for reached in lives.results_of(
            rng, child.ability, child.sen, child.free_meals, stay.who.cohort, last - YEARS_OF_RESULTS + 1,
            min(last, after),
        ):  # fmt: skip
            elsewhere = reached.academic_year < stay.starts_on.year - (stay.starts_on.month < 9)
            origin = self._world.by_urn[stay.who.origin].dfe_number if elsewhere else ""
            sheets.add(
                "sharing_result", pupil, establishment, source, date(reached.academic_year + 1, 7, 31), reached.stage,
                reached.academic_year, reached.subject, reached.component, reached.result, origin,
            )  # fmt: skip

    def _home(self, child: Known, stay: Stay, key: tuple[object, ...], own: ChildKey, sheets: Sheets) -> None:
        home = child.home
        sheets.add(
            "sharing_homeaddress", *key, sealed(home.address, "sharing_homeaddress.address", own),
            sealed(home.postcode, "sharing_homeaddress.postcode", own), blind_index(f"{home.address}\n{home.postcode}"),
        )  # fmt: skip
        if stay.ends_on is not None:
            return
        for order, person in enumerate(home.people, start=1):
            facts = (person.name, "", person.telephones, person.email)
            sheets.add(
                "sharing_contact", *key, order, person.relationship, person.has_responsibility,
                sealed(person.name, "sharing_contact.name", own),
                sealed(person.telephones, "sharing_contact.telephones", own),
                sealed(person.email, "sharing_contact.email", own), blind_index("\n".join(facts)),
            )  # fmt: skip
