"""Where an invented child lives, and whom the school contacts.

Postcodes are in the area BD0, which does not exist; telephone numbers are from Ofcom's ranges for drama (01632 960...,
07700 900...); email addresses end with example.org.
"""

from dataclasses import dataclass
from random import Random

from sharing.demo.lives.draw import drawn

STREETS = (
    "Abbot", "Alder", "Ashgrove", "Beckfoot", "Bobbin", "Calder", "Carding", "Chapel", "Cloth Hall", "Cotton", "Crag",
    "Dyehouse", "Fell", "Fern", "Fleece", "Garth", "Ginnel", "Greave", "Heather", "Hirst", "Ings", "Jacquard",
    "Knoll", "Lane Top", "Linnet", "Loom", "Mill", "Moorside", "Oakroyd", "Pasture", "Quarry", "Ravens", "Rowan",
    "Shuttle", "Spinner", "Tenter", "Thorn", "Warp", "Weaver", "Weft", "Wharf", "Whin", "Woolcomb",
)  # fmt: skip
ENDINGS = ("Street", "Road", "Avenue", "Close", "Terrace", "Lane", "Grove", "Fold", "Mount", "View", "Rise", "Court")
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
PARENTS = (("PAM", 88), ("PAF", 12))
SECOND = (("PAF", 68), ("PAM", 8), ("REL", 12), ("STF", 4), ("CAR", 5), ("OTH", 3))


@dataclass(frozen=True)
class Person:
    """Somebody to contact, with the fields of `Contact`: `name` is title, forename and surname; `telephones` with their
    type, one a line.
    """

    relationship: str
    has_responsibility: bool
    name: str
    telephones: str
    email: str


@dataclass(frozen=True)
class Home:
    """House number, street, town, postcode, and the people in the order in which they are contacted."""

    house: str
    street: str
    town: str
    postcode: str
    people: tuple[Person, ...]

    @property
    def address(self) -> str:
        """The lines of the address, with the postcode last."""
        return f"{self.house} {self.street}\n{self.town}\n{self.postcode}"


def home_of(rng: Random, surname: str, town: str, women: tuple[str, ...], men: tuple[str, ...]) -> Home:
    """A home in `town`, with one or two people, most of whom have the child's surname."""
    unit = f"{int(rng.random() * 10)}{LETTERS[int(rng.random() * 20)]}{LETTERS[int(rng.random() * 20)]}"
    first = _person(rng, PARENTS, surname, women, men)
    second = _person(rng, SECOND, surname, women, men) if rng.random() < 0.62 else None
    return Home(
        house=str(1 + int(rng.random() * 180)),
        street=f"{STREETS[int(rng.random() * len(STREETS))]} {ENDINGS[int(rng.random() * len(ENDINGS))]}",
        town=town,
        postcode=f"BD0 {unit}",
        people=(first, second) if second and second.name != first.name else (first,),
    )


def _person(
    rng: Random, relationships: tuple[tuple[str, int], ...], surname: str, women: tuple[str, ...], men: tuple[str, ...]
) -> Person:
    relationship = drawn(rng, relationships)
    is_woman = relationship == "PAM" or (relationship not in ("PAF", "STF") and rng.random() < 0.6)
    names = women if is_woman else men
    forename = names[int(rng.random() * len(names))]
    number = int(rng.random() * 1000)
    return Person(
        relationship=relationship,
        has_responsibility=relationship in ("PAM", "PAF", "CAR"),
        name=f"{'Mrs' if is_woman else 'Mr'}\n{forename}\n{surname}",
        telephones=f"Mobile: 07700 900{number:03}" + ("" if number % 5 else f"\nHome: 01632 960{number:03}"),
        email=f"{forename}.{surname}@example.org".lower().replace("'", "") if number % 3 else "",
    )
