"""No text, however hostile, keeps a regular expression of ours busy: each is tried on long runs of what it matches."""

import ast
import re
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.core import validators
from django.urls import get_resolver
from django.urls.converters import get_converters
from django.urls.resolvers import RegexPattern

from tests.attack.forms import OURS, every_form

FUNCTIONS = {"compile", "match", "search", "fullmatch", "findall", "finditer", "split", "sub"}
LENGTHS = (12, 16, 20, 24, 60, 150, 400, 1000, 3000, 8000)  # an exponential one is found before it takes long
LONGEST, TRIES = 0.1, 3  # seconds of processor time, of the quickest try: a neighbour may slow one
RUNS = [
    "0", "a", "A", " ", "\n", "\t", ".", ",", "-", "/", "(", "=", "#", "A1", "0.", "1,000", "a ", " 0", "\n ", "a@a.",
    "2025", "20 ", "2025/26 ", "E01", "lsoa", "lsoa11", "IMD_", "</a:", "encoding=", "</Message ", "<?xml ", "stream\r",
    " at 0", "District code (", "https://a.", "a-", "a_", "%(a", "2025-01-01 00:00:00.",
]  # fmt: skip
ENDS = ["", "!", "\n!"]


def _patterns() -> Iterator[tuple[str, re.Pattern | None]]:
    """(where it is, the pattern) for every call of `re` in our code, evaluated in its own module."""
    for package in OURS:
        for path in sorted((Path(settings.BASE_DIR) / package).rglob("*.py")):
            text = path.read_text()
            if "import re\n" not in text or "migrations" in path.parts:
                continue
            module = import_module(".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts))
            for node in ast.walk(ast.parse(text)):
                if _is_of_re(node):
                    yield f"{path.name}:{node.lineno}", _worked_out(node, module)


def _is_of_re(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in FUNCTIONS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
    )


def _worked_out(node: ast.Call, module: object) -> re.Pattern | None:
    """The compiled pattern; None for a pattern that a function was given."""
    flags = re.IGNORECASE if "IGNORECASE" in ast.unparse(node) else 0
    first = node.args[0]
    if isinstance(first, ast.JoinedStr):  # a plain word is put in, as re.escape leaves it
        known = vars(module)
        parts = [
            part.value if isinstance(part, ast.Constant) else str(known.get(ast.unparse(part.value), "a"))
            for part in first.values
        ]
        return re.compile("".join(parts), flags)
    try:
        pattern = eval(ast.unparse(first), dict(vars(module)))
    except NameError:
        return None
    if node.func.attr in ("match", "fullmatch"):  # tried only at the start of the text, not from each letter on
        pattern = rb"\A" + pattern if isinstance(pattern, bytes) else r"\A" + pattern
    return re.compile(pattern, flags)


def _others() -> Iterator[tuple[str, re.Pattern]]:
    """The patterns of addresses and of forms."""
    for site in ("schools_online", "edunet"):
        todo = [get_resolver(f"portal.urls.{site}")]
        while todo:
            for entry in todo.pop().url_patterns:
                if isinstance(entry.pattern, RegexPattern):  # the others are made of converters
                    yield str(entry.pattern), entry.pattern.regex
                todo += [entry] if hasattr(entry, "url_patterns") else []
    for form in every_form():
        for name, field in form.base_fields.items():
            for check in field.validators:
                if isinstance(check, validators.RegexValidator):
                    yield f"{form.__name__}.{name}", check.regex
    for name, converter in get_converters().items():
        yield name, re.compile(converter.regex)
    yield "email, before @", validators.EmailValidator.user_regex
    yield "email, after @", validators.EmailValidator.domain_regex


def _time(pattern: re.Pattern, text: str) -> float:
    given = text.encode() if isinstance(pattern.pattern, bytes) else text
    began = time.thread_time()
    pattern.search(given)
    pattern.fullmatch(given)
    return time.thread_time() - began


def _is_slow(pattern: re.Pattern) -> bool:
    """Whether it is slow at any length. They are tried in turn, so that an exponential one is found at the first."""
    texts = ((run * length)[:length] + end for length in LENGTHS for run in RUNS for end in ENDS)
    return any(all(_time(pattern, text) > LONGEST for _ in range(TRIES)) for text in texts)


def test_no_pattern_of_ours_is_slow() -> None:
    ours = [*_patterns()]
    assert len(ours) > 70
    assert {where.partition(":")[0] for where, pattern in ours if pattern is None} == {"collect_cells.py"}
    unlike = {pattern.pattern: (where, pattern) for where, pattern in [*ours, *_others()] if pattern is not None}
    assert [where for where, pattern in unlike.values() if _is_slow(pattern)] == []


@pytest.mark.parametrize("slow", [r"(a+)+$", r"(a|a)*!"])
def test_a_slow_one_is_found(slow: str) -> None:
    assert _is_slow(re.compile(slow))
