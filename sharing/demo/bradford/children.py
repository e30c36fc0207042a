"""The children themselves: facts about a child that stay the same at every school."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from random import Random
from uuid import UUID, uuid5

from sharing.demo import lives
from sharing.demo.bradford.places import AP, SPECIAL, Place
from sharing.demo.bradford.stays import Who, World
from sharing.demo.lives.home import Home
from sharing.demo.names import adults_of, somebody
from sharing.demo.places import LA
from sharing.demo.pupils import AGE_IN_RECEPTION, NAMESPACE
from sharing.upn import ALPHABET, check_letter, make_upn

# Chances of a plan and of support, in mainstream schools and in units; in a special school every child has a plan.
PLAN, SUPPORT = 0.0247, 0.1365
IN_A_UNIT = (0.25, 0.55)
# Home languages of those whose community alone does not determine what the census says.
OTHER_LANGUAGES = {
    "APKN": ("URD", "PNJ", "PHR", "PNJM", "PAT"), "ABAN": ("BNG",), "AIND": ("GUJ", "PNJG", "HIN"), "MWAS": ("URD",),
    "BAFR": ("FRN", "SOM", "YOR"), "OOTH": ("ARA", "KUR"), "WOTH": ("POL", "SLO"),
}  # fmt: skip
LEARNT_SINCE, SPOKEN_STILL = 0.17, 0.23  # fewer in secondary schools have another first language, more in primary
FIRST_SECONDARY_YEAR = 7


@dataclass(frozen=True)
class Known:
    """A child. `ability` as in `lives.results`; `misses` is the share of sessions missed."""

    upn: str
    former_upn: str
    child_id: UUID
    surname: str
    forename: str
    middle_names: str
    preferred_surname: str
    born_on: date
    sex: str
    ethnicity: str
    language: str
    sen: str
    free_meals: bool
    service_child: str
    young_carer: str
    post_looked_after: str
    uln: str
    ability: float
    misses_young: float
    misses_older: float
    home: Home


class Children:
    """All children of this Bradford; each is the same whichever school asks."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.know = lru_cache(maxsize=2048)(self._know)

    def _know(self, who: Who) -> Known:
        place = self._world.by_urn[who.origin]
        rng = Random(f"{self._world.seed} child {who.origin} {who.cohort} {who.number}")  # noqa: S311 - invented
        somebody_new = somebody(rng)
        sen = self._sen(place, rng)
        free_meals = rng.random() < self._world.meals_of(place)
        upn = make_upn(LA, place.number, who.cohort, who.number)
        women, men = adults_of(somebody_new.ethnicity)
        is_unit = place.shape == AP
        return Known(
            upn=upn,
            former_upn=_temporary(place, who) if rng.random() < 0.004 else "",
            child_id=uuid5(NAMESPACE, f"child {upn}"),
            surname=somebody_new.surname,
            forename=somebody_new.forename,
            middle_names=somebody_new.middle_names,
            preferred_surname="Whitworth" if rng.random() < 0.012 else "",
            born_on=date(who.cohort - AGE_IN_RECEPTION - 1, 9, 1) + timedelta(days=rng.randrange(365)),
            sex=somebody_new.sex,
            ethnicity=somebody_new.ethnicity,
            language=self._language(somebody_new.ethnicity, somebody_new.language, who, rng),
            sen=sen,
            free_meals=free_meals,
            service_child="Y" if rng.random() < 0.004 else "N",
            young_carer=rng.choices("NPS", (985, 8, 7))[0],
            post_looked_after=rng.choices("NAGC", (990, 4, 5, 1))[0],
            uln=f"99{rng.randrange(10**8):08}" if self._world.this_year - who.cohort >= 9 else "",
            ability=lives.ability_of(rng, sen, free_meals),
            misses_young=lives.miss_rate(rng, is_secondary=False, often=is_unit),
            misses_older=lives.miss_rate(rng, is_secondary=True, often=is_unit),
            home=lives.home_of(rng, somebody_new.surname, place.town, women, men),
        )

    def _sen(self, place: Place, rng: Random) -> str:
        if place.shape == SPECIAL:
            return "E"
        plan, support = IN_A_UNIT if place.shape == AP else (PLAN, SUPPORT)
        drawn = rng.random()
        return "E" if drawn < plan else "K" if drawn < plan + support else "N"

    def _language(self, ethnicity: str, language: str, who: Who, rng: Random) -> str:
        is_older = self._world.this_year - who.cohort >= FIRST_SECONDARY_YEAR
        drawn, which = rng.random(), rng.random()
        if is_older and language not in ("ENG", "ENB") and drawn < LEARNT_SINCE:
            return "ENG"
        if not is_older and language == "ENG" and drawn < SPOKEN_STILL and ethnicity in OTHER_LANGUAGES:
            spoken = OTHER_LANGUAGES[ethnicity]
            return spoken[int(which * len(spoken))]
        return language


def _temporary(place: Place, who: Who) -> str:
    """The temporary UPN that the child had before."""
    letter = ALPHABET[who.number % len(ALPHABET)]
    body = f"{LA:03}{place.number:04}{(who.cohort - 1) % 100:02}{who.number % 100:02}{letter}"
    return check_letter(body) + body
