"""docs/requirements.md, read from the code: each requirement, the tests that name it, and the pages that meet it."""

import ast
import inspect
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType

from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).parent.parent
SITES = ("schools_online", "edunet")
OURS = ("sharing.", "access_register.", "schools_online.", "edunet.", "portal.")
SHOWN = 6  # how many pages are named for a requirement; beyond that, only their number
EVERY_PAGE = {30, 45}  # checked for every address by tests/journeys/test_every_page.py and tests/test_who_sees_what.py
FIRST_LINES = """# The protocol's requirements, and what shows them

This page is written by `uv run python -m scripts.describe`. A test fails when it is out of date.

The numbers are those that tests and docstrings use. A test names a requirement in its docstring or its module's.
A page is listed if the docstring of its view, of the view's module or of what the view asks names the requirement."""

WORDS = {
    1: "The purpose is shown at sign-in and kept with each acceptance; the portal also analyses",
    2: "What identifies an establishment is only for those that take part, officers and valid third parties",
    3: "Every level sees other participating establishments' figures, and never their pupils",
    4: "The list of establishments that take part, by type, with status and date",
    5: "A pupil is seen on the days of an enrolment there, or while an agreed transfer is live",
    6: "The same rule in lists, searches, counts, files, charts and guessed addresses (404)",
    7: "Nobody grants themselves a transfer: one side asserts, the other accepts, and it lapses",
    8: "The previous school loses named access when the enrolment ends, except for the days of the transfer file",
    9: "Officers see pupils only under a recorded duty, and no longer than it lasts",
    10: "Figures that identify nobody are open to every level and every officer",
    11: "Nobody can be identified from figures: not from small cells, and not from differences",
    12: "Small numbers are protected for Level 3 in its own establishment too",
    13: "Encryption, no copies kept by browsers, ending of idle sessions, a second factor",
    14: "Files of pupils and staff are encrypted, counted, and destroyed by a day that the head watches",
    15: "Paper carries its marking, person, time and when to destroy it; duties come before the first file",
    16: "An establishment that excludes itself loses what others share, at once",
    17: "Its own data is withheld from others, and goes on working for it",
    18: "Legal overrides: authorised, with a ground, a scope and an end; they open and they close",
    19: "Everybody accepts the protocol first, again on a new version, and each year",
    20: "Views of several establishments state the ban on promotion, and take reports of misuse",
    21: "Confidential items are in no comparison, search or file outside their audience",
    22: "Figures are published for everybody at one agreed moment, with owner, source, date and status",
    23: "Own data is confirmed or challenged within a time limit; late returns are chased",
    24: "Third parties: a named person, reading only, at most Level 2, one sponsor",
    25: "A contract is on file before a third party begins, and access ends with it",
    26: "Confidential items: only the establishment itself and its Locality, with no hint to others",
    27: "Only the head can consent to more people seeing it, for each item, and may take this back",
    28: "Officers see confidential items by duty; a move of Locality changes the audience at once",
    29: "No view of several establishments is ordered by an outcome",
    30: "The web comes first: without scripts, on a phone, for everybody (WCAG 2.2 AA)",
    31: "The same figure everywhere: both sites, every file, whatever system sent it",
    32: "Level 1 is the head and at most two staff whom the head names",
    33: "What each level opens: 1 all, 2 not staff and not the register, 3 the establishment only",
    34: "Level 3 unless there is a reason for more; raising asks for the data-protection confirmation",
    35: "The head lowers, narrows or suspends any line at once; nobody there changes the head's",
    36: "The register covers staff and governors, and keeps its history",
    37: "Guidance is open to everybody, and contains nothing that identifies",
    38: "EduNet answers only the council's network or its gateway",
    39: "Citrix needs an authorisation of its own; other departments are refused everywhere",
    40: "Both sites read one store, and are compared",
    41: "Breaches are reported, referred, judged without the respondent, and the sanction enacted",
    42: "The protocol's text has versions; after a change everybody is asked again",
    43: "Every reading, refusal, file and change is in a ledger that shows tampering",
    44: "Taking access away takes effect from the next request",
    45: "One function answers whether somebody may, with the reason; nothing goes round it",
}


def named(text: str) -> set[int]:
    """The numbers of the requirements that a text mentions."""
    found = {int(number) for number in re.findall(r"\bR(\d+)\b", text)}
    for first, last in re.findall(r"\bR(\d+)(?: to |-)R?(\d+)\b", text):
        found |= set(range(int(first), int(last) + 1))
    return found & WORDS.keys()


def modules_that_name() -> dict[int, set[str]]:
    """Requirement -> modules under tests/ that name it."""
    found = defaultdict(set)
    for path in (ROOT / "tests").rglob("test_*.py"):
        module = ast.parse(path.read_text())
        told = ast.get_docstring(module) or ""
        for function in ast.walk(module):
            if isinstance(function, ast.FunctionDef) and function.name.startswith("test_"):
                told += "\n" + (ast.get_docstring(function) or "")
        for number in named(told):
            found[number].add(str(path.relative_to(ROOT / "tests")))
    return found


def _addresses(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, FunctionType]]:
    for pattern in resolver.url_patterns:
        route = before + re.sub(r"<\w+:(\w+)>", r"<\1>", str(pattern.pattern))
        if isinstance(pattern, URLPattern):
            view = inspect.unwrap(pattern.callback)
            if isinstance(view, FunctionType) and view.__module__.startswith(OURS):
                yield route, view
        else:
            yield from _addresses(pattern, route)


@cache
def _told(view: FunctionType) -> set[int]:
    """The requirements that a view's own docstring, or its module's, mentions."""
    return named(f"{inspect.getdoc(view)}\n{import_module(view.__module__).__doc__}")


def _asked_by(view: FunctionType) -> Iterator[FunctionType]:
    """Our own functions that a view uses: from its module, and from the modules it calls."""
    around = view.__globals__
    for node in ast.walk(ast.parse(inspect.getsource(view))):
        match node:
            case ast.Name(id=name):
                used = around.get(name)
            case ast.Attribute(value=ast.Name(id=name), attr=asked) if isinstance(around.get(name), ModuleType):
                used = getattr(around[name], asked, None)
            case _:
                continue
        if inspect.isfunction(used) and used.__module__.startswith(OURS):
            yield used


def pages_that_name() -> dict[int, set[str]]:
    """Requirement -> addresses, of both sites."""
    found = defaultdict(set)
    for site in SITES:
        for address, view in _addresses(get_resolver(f"portal.urls.{site}")):
            for number in _told(view).union(*map(_told, _asked_by(view))):
                found[number].add(address)
    return found


def _pages(number: int, addresses: set[str]) -> str:
    if number in EVERY_PAGE:
        return "every page"
    shown = sorted(addresses, key=lambda address: (address.count("/"), address))
    more = f" and {len(shown) - SHOWN} more" if len(shown) > SHOWN else ""
    return ", ".join(f"`{address}`" for address in shown[:SHOWN]) + more or "no page of its own"


def page() -> str:
    """The whole of docs/requirements.md."""
    tests, pages = modules_that_name(), pages_that_name()
    lines = [FIRST_LINES]
    for number, words in WORDS.items():
        modules = ", ".join(f"`{path}`" for path in sorted(tests[number])) or "**none**"
        lines.append(
            f"### R{number} {words}\n\n- Tests (in `tests/`): {modules}\n- Pages: {_pages(number, pages[number])}"
        )
    return "\n\n".join(lines) + "\n"
