"""Which figures should be withheld, in plain Python: the other side of the test of the SQL (R11, R12)."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

from sharing.measures.catalogue import MEASURE

WITHIN = (
    ("attendance_severe", "attendance_persistent", "attendance_severe"),
    ("ks2_counts_rwm_higher", "ks2_counts_rwm_expected", "ks2_counts_rwm_higher"),
    ("roll_fsm", "roll_fsm6", "roll_fsm6"),
)
"""The narrower, the wider, and which of them is given up."""
# Measures of quantities rather than of children.
QUANTITIES = {"attendance_absence", "attendance_unauthorised", "ks4_counts_attainment8", "ks4_attainment8"}


def of_few_without_needs(parts: dict) -> set:
    """What would give away, of a school, the few who have no special needs beside the many who have."""
    kinds: dict[int, dict[str, tuple[int, int, int]]] = defaultdict(dict)
    for (code, place, area, group), told in parts.items():
        plans = parts.get(("roll_ehc_plan", place, area, group))
        if code == "roll_sen_support" and plans is not None:
            support, plan = (sum(one[0] > 0 for one in each) for each in (told, plans))
            kinds[place][group] = support, plan, sum(one[1] > 0 for one in told)
    withheld = set()
    for place, of_group in kinds.items():
        gives = any(whole - support - plan < 10 <= max(support, plan) for support, plan, whole in of_group.values())
        support, plan, whole = of_group["total"]
        if not gives or max(support, plan) == whole:
            continue
        rarer: tuple[str, ...] = ()
        if min(support, plan) >= 10 and 1 <= whole - support - plan <= 9:
            fewer_on_support = max(told[0] for told in of_group.values()) < max(told[1] for told in of_group.values())
            rarer = ("roll_sen_support", "sen:K") if fewer_on_support else ("roll_ehc_plan", "sen:E")
        for cell in parts:
            code, group = cell[0], cell[3]
            if cell[1] != place or not code.startswith("roll_"):
                continue
            if (
                code in rarer
                or (code == "roll_pupils" and group in rarer)
                or (code in ("roll_sen_support", "roll_ehc_plan") and group != "total")
                or ("sen:" in group and (code != "roll_pupils" or "|" in group))
            ):
                withheld.add(cell)
    return withheld


def of_few_in_the_wider(parts: dict) -> set:
    """Of a measure that is within another, or of the wider one, what tells how few are in the wider alone."""
    withheld = set()
    for narrower, wider, given_up in WITHIN:
        lines = defaultdict(list)
        for (code, place, area, group), told in parts.items():
            other = parts.get((narrower, place, area, group))
            if code == wider and other is not None:
                so, in_both = (sum(one[0] > 0 for one in each) for each in (told, other))
                not_so, not_in_both = (sum(one[0] <= 0 < one[1] for one in each) for each in (told, other))
                is_open = min(so, in_both, not_so, not_in_both) >= 10
                lines[place, _dimension(group)].append((is_open, not_in_both - not_so))
        broken = {line for line, cells in lines.items() if _are_a_few_in_the_wider(cells)}
        for cell in parts:
            dimension = _dimension(cell[3])
            if cell[0] == given_up and any(
                (cell[1], of) in broken for of in ("total", dimension, *dimension.split("|"))
            ):
                withheld.add(cell)
    return withheld


def _are_a_few_in_the_wider(cells: list[tuple[bool, int]]) -> bool:
    """Whether one group, or all those of which a figure is of few, tells of one to nine: (whether it is open, most)."""
    few_together = sum(most for is_open, most in cells if not is_open)
    return any(is_open and (1 <= most <= 9 or 1 <= few_together <= 9) for is_open, most in cells)


def judged(parts: dict, few_places: set, beside_withheld: set) -> dict:
    """The figures of these cells, and which are withheld. An area is, beside a figure of its establishments that is."""
    made, small, sizes, split = {}, set(), {}, {}
    for cell, told in parts.items():
        code = cell[0]
        denominator = sum(one[1] for one in told)
        if not denominator or (cell in few_places and "|" not in cell[3]):
            continue
        numerator = sum(one[0] for one in told)
        part, whole = sum(one[0] > 0 for one in told), sum(one[1] > 0 for one in told)
        if whole < 10 or _are_few(cell, part, whole - part, parts) or cell in beside_withheld:
            small.add(cell)
        sizes[cell], split[cell] = whole, (part, whole - part)
        made[cell] = _figure(code, numerator, denominator)
    of_two = _beside_a_few(made, small | few_places) | _beside_nobody(made)
    made = {cell: told for cell, told in made.items() if cell not in of_two or cell[1]}
    small |= of_two | _to_subtract(made, small, sizes, split, parts)
    return {cell: (*told, cell in small) for cell, told in made.items()}


def _figure(code: str, numerator: Decimal, denominator: int) -> tuple:
    unit = MEASURE[code].unit
    if unit == "number":
        return numerator, int(numerator), None
    times = 100 if unit in ("percent", "rate") else 1
    value = (times * numerator / denominator).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return value, None if code.endswith("attainment8") else int(numerator), denominator


def _dimension(group: str) -> str:
    return "|".join(part.split(":")[0] for part in group.split("|"))


def _beside_a_few(made: dict, few: set) -> set:
    """Of two dimensions together, the cells of every table in which one is of few."""
    broken = {(*cell[:3], _dimension(cell[3])) for cell in few}
    return {cell for cell in made if "|" in cell[3] and (*cell[:3], _dimension(cell[3])) in broken}


def _is_told(cell: tuple) -> bool:
    """Whether another measure of the roll says how many the group has."""
    return cell[0].startswith("roll_") and cell[3] in ("sex:F", "fsm:Y", "sen:K", "sen:E", "eal:Y")


def _beside_nobody(made: dict) -> set:
    """Of two dimensions of the roll together, the cells of every table in which a row and a column meet in nobody."""
    tables = defaultdict(set)
    for cell in made:
        if cell[0].startswith("roll_") and "|" in cell[3]:
            tables[(*cell[:3], _dimension(cell[3]))].add(cell)
    with_a_gap = set()
    for cells in tables.values():
        rows, columns = (set(ends) for ends in zip(*(cell[3].split("|") for cell in cells), strict=True))
        if len(cells) < len(rows) * len(columns):
            with_a_gap |= cells
    return with_a_gap


def _are_few(cell: tuple, part: int, rest: int, parts: dict) -> bool:
    """Whether so many of whom it is so, and so many of whom it is not, tell of one of them. Of a whole roll it may be
    so of nobody or of all, and then of its groups."""
    code, *where, group = cell
    if code in QUANTITIES:
        return part == 0
    if code.startswith("roll_"):
        is_so = {one[0] > 0 for one in parts[(code, *where, "total")]}
        if group == "total" or len(is_so) == 1:
            return 1 <= part <= 9 or 1 <= rest <= 9
    return part <= 9 or rest <= 9


def _to_subtract(made: dict, small: set, sizes: dict, split: dict, parts: dict) -> set:
    """Beside a single small group of a dimension, or those that are few together, the smallest of the others."""
    lines = defaultdict(list)
    for cell in made:
        if cell[3] != "total":
            lines[(*cell[:3], _dimension(cell[3]))].append(cell)
    also = set()
    for cells in lines.values():
        others = [cell for cell in cells if cell not in small]
        together = [sum(split[cell][one] for cell in cells if cell in small) for one in (0, 1)]
        are_few = _are_few(cells[0], *together, parts)
        if others and len(others) < len(cells) and (are_few or len(others) == len(cells) - 1):
            also.add(min(others, key=lambda cell: (_is_told(cell), sizes[cell], cell[3])))
    return also
