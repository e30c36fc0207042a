"""The invented establishments and Localities of the demonstration.

URNs from 999001 belong to no real establishment, telephone numbers are from Ofcom's range for drama (01632 960...), and
the postcode area BD0 and the domain .example do not exist.
"""

from dataclasses import dataclass

from django.conf import settings

from sharing.models.establishments import Kind

LA: int = settings.AUTHORITY_CODE  # the invented establishments belong to the portal's own authority
SOURCE = "Demonstration data"
MOST_PUPILS = 15_000

HAZELTHWAITE, BECKSIDE, RAVENSGILL, LARKROYD, OXENBY = 999001, 999002, 999003, 999004, 999005
THORNLEY_CROSS, FALLOWDALE, MILLBECK, CRAGWELL, NETHERWICK = 999006, 999007, 999008, 999009, 999010
AMBERSTONE, SKELBROOK, HOLMEROYD, KIRKHOLME = 999011, 999012, 999013, 999014
SYNTHETIC = 999999

AIREHOLME, BECKDALE, CRAGSIDE = "Aireholme", "Beckdale", "Cragside"
TWO_CRAGS = "The Two Crags Academy Trust"
LOCALITIES = (AIREHOLME, BECKDALE, CRAGSIDE)

BABIES, NURSERY = ("E2", "N1"), ("N1", "N2")
PRIMARY = ("R", "1", "2", "3", "4", "5", "6")
LOWER_SECONDARY = ("7", "8", "9", "10", "11")
SIXTH_FORM = ("12", "13")


@dataclass(frozen=True)
class Invented:
    """One establishment. `years` are its year groups, `weight` its share of all pupils, `meals` that of free meals.

    `number` is the establishment number; `upn_number` is used in its UPNs if it has none of its own.
    `excluded_because`: it has excluded itself from the protocol. A `kind` of "" is outside the community.
    """

    urn: int
    number: int | None
    name: str
    kind: str
    type_code: int | None
    type_name: str
    phase_code: int | None
    locality: str | None
    years: tuple[str, ...]
    ages: tuple[int, int]
    weight: int
    street: str
    town: str
    postcode: str
    telephone: str
    domain: str
    meals: float = 0.27
    head_title: str = "Mrs"
    head_job_title: str = "Head teacher"
    religious_character: str = ""
    trust_name: str = ""
    excluded_because: str = ""
    upn_number: int = 0

    @property
    def number_in_upns(self) -> int:
        return self.number or self.upn_number

    @property
    def participates(self) -> bool:
        return bool(self.kind) and not self.excluded_because


PLACES = (
    Invented(
        HAZELTHWAITE, 1990, "Hazelthwaite Nursery School", Kind.NURSERY, 15, "Local authority nursery school", 1,
        AIREHOLME, NURSERY, (2, 5), 80, "Hazel Bank", "Hazelthwaite", "BD0 1AA", "01632 960101",
        "hazelthwaite.example", meals=0.22,
    ),
    Invented(
        BECKSIDE, 2901, "Beckside Primary School", Kind.PRIMARY, 1, "Community school", 2,
        AIREHOLME, (*NURSERY[1:], *PRIMARY), (3, 11), 330, "Fold Lane", "Beckside", "BD0 1BB", "01632 960102",
        "beckside.example", meals=0.31,
    ),
    Invented(
        RAVENSGILL, 2902, "Ravensgill Primary School", Kind.PRIMARY, 1, "Community school", 2,
        BECKDALE, PRIMARY, (4, 11), 300, "Gill Road", "Ravensgill", "BD0 2AA", "01632 960103",
        "ravensgill.example", meals=0.19,
    ),
    Invented(
        LARKROYD, 2903, "Larkroyd Church of England Primary School", Kind.PRIMARY, 3, "Voluntary controlled school", 2,
        BECKDALE, PRIMARY, (4, 11), 200, "Church Brow", "Larkroyd", "BD0 2BB", "01632 960104",
        "larkroyd.example", meals=0.16, religious_character="Church of England",
        excluded_because="The governors wish to see the first year's reports before they take part again.",
    ),
    Invented(
        OXENBY, 4901, "Oxenby High School", Kind.SECONDARY, 5, "Foundation school", 4,
        AIREHOLME, (*LOWER_SECONDARY, *SIXTH_FORM), (11, 18), 560, "Oxenby New Road", "Oxenby", "BD0 1CC",
        "01632 960105", "oxenby.example", meals=0.28, head_title="Mr",
    ),
    Invented(
        THORNLEY_CROSS, 4902, "Thornley Cross School", Kind.SECONDARY, 1, "Community school", 4,
        BECKDALE, LOWER_SECONDARY, (11, 16), 460, "Turnpike Road", "Thornley Cross", "BD0 2CC", "01632 960106",
        "thornleycross.example", meals=0.25,
    ),
    Invented(
        FALLOWDALE, 7901, "Fallowdale School", Kind.SPECIAL, 7, "Community special school", 0,
        CRAGSIDE, (*PRIMARY, *LOWER_SECONDARY), (4, 16), 70, "Meadow Croft", "Fallowdale", "BD0 3AA", "01632 960107",
        "fallowdale.example", meals=0.41, head_title="Mr",
    ),
    Invented(
        MILLBECK, 1199, "Millbeck Pupil Referral Unit", Kind.PRU, 14, "Pupil referral unit", 0,
        CRAGSIDE, LOWER_SECONDARY[2:], (13, 16), 40, "Weir Street", "Millbeck", "BD0 3BB", "01632 960108",
        "millbeck.example", meals=0.52, head_title="Ms", head_job_title="Teacher in charge",
    ),
    Invented(
        CRAGWELL, 2904, "Cragwell Primary Academy", Kind.ACADEMY, 34, "Academy converter", 2,
        CRAGSIDE, PRIMARY, (4, 11), 250, "Wellgate", "Cragwell", "BD0 3CC", "01632 960109",
        "cragwell.example", meals=0.24, head_title="Ms", head_job_title="Principal", trust_name=TWO_CRAGS,
    ),
    Invented(
        NETHERWICK, 4903, "Netherwick Academy", Kind.ACADEMY, 28, "Academy sponsor led", 4,
        CRAGSIDE, LOWER_SECONDARY, (11, 16), 420, "Station Parade", "Netherwick", "BD0 3DD", "01632 960110",
        "netherwick.example", meals=0.34, head_title="Mr", head_job_title="Principal", trust_name=TWO_CRAGS,
    ),
    Invented(
        AMBERSTONE, None, "Amberstone Children's Centre", Kind.CHILDRENS_CENTRE, None, "Children's centre", 0,
        AIREHOLME, BABIES, (0, 5), 40, "Amber Street", "Hazelthwaite", "BD0 1DD", "01632 960111",
        "amberstone.example", meals=0.35, head_job_title="Centre manager", upn_number=1980,
    ),
    Invented(
        SKELBROOK, 2905, "Skelbrook Free School", Kind.FREE, 35, "Free schools", 2,
        BECKDALE, PRIMARY, (4, 11), 150, "Mill Race", "Skelbrook", "BD0 2DD", "01632 960112",
        "skelbrook.example", meals=0.21, head_title="Ms",
    ),
    Invented(
        HOLMEROYD, 4904, "Holmeroyd Studio School", Kind.STUDIO, 41, "Studio schools", 4,
        AIREHOLME, (*LOWER_SECONDARY[3:], *SIXTH_FORM), (14, 19), 120, "Loom Yard", "Holmeroyd", "BD0 1EE",
        "01632 960113", "holmeroyd.example", meals=0.29, head_title="Ms", head_job_title="Principal",
    ),
    Invented(
        SYNTHETIC, 2999, "Synthetic Primary School", Kind.PRIMARY, 1, "Community school", 2,
        CRAGSIDE, PRIMARY, (4, 11), 90, "Specimen Street", "Cragwell", "BD0 3EE", "01632 960114",
        "synthetic.example", head_title="Mr",
    ),
    Invented(
        KIRKHOLME, 6901, "Kirkholme House School", "", 11, "Other independent school", 0,
        None, (), (4, 18), 0, "Park Drive", "Kirkholme", "BD0 4AA", "01632 960115",
        "kirkholme.example",
    ),
)  # fmt: skip
BY_URN = {place.urn: place for place in PLACES}


def sizes(pupils: int) -> dict[int, int]:
    """How many of the `pupils` each establishment has: by weight, at least one, with the remainder at the largest."""
    if pupils > MOST_PUPILS:
        raise ValueError(f"The demonstration has UPNs for {MOST_PUPILS} pupils.")
    schools = [place for place in PLACES if place.weight]
    weight = sum(place.weight for place in schools)
    share = {place.urn: max(1, pupils * place.weight // weight) for place in schools}
    share[OXENBY] += max(0, pupils - sum(share.values()))
    return share
