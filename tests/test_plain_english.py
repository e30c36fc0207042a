"""R30: titles, errors and emails are in plain British English. The journeys read what a page shows of them as well."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.plain_english import LONGEST, faults

REPOSITORY = Path(__file__).resolve().parents[1]
CODE = ("access_register", "edunet", "portal", "schools_online", "sharing")
# Read by nobody at a page: what operators and programs are told, SQL, invented words of the demonstration, the
# protocol's own text, and the English of the Department's code lists.
NOT_SHOWN = {
    "migrations", "models", "management", "sql", "demo", "codes", "attacker", "parity",
    "health.py", "saving.py", "roles.py", "replaying.py", "environment.py", "plainly.py", "fit.py",
}  # fmt: skip
LONGEST_DEFINITION, ANY_LENGTH = 40, 1000  # words; a measure is defined in one sentence
_TAG = re.compile(r"{%.*?%}|{#.*?#}", re.DOTALL)
_BUTTON = re.compile(r'{% include "components/form.html" with button="([^"]*)".*?%}')
_VARIABLE = re.compile(r"{{.*?}}", re.DOTALL)
_MARKUP = re.compile(r"<style.*?</style>|<[^>]+>", re.DOTALL)
_TITLE = re.compile(r"{% block title %}(.*?){% endblock", re.DOTALL)
_SENTENCE = re.compile(r"^[A-Z“{].*\s.*[.?!]$", re.DOTALL)


def words_of(template: str) -> str:
    """What a template says in each of its branches, one after the other; a value is one word."""
    plain = _VARIABLE.sub("Value", _TAG.sub("\n\n", _BUTTON.sub(r"\1\n\n", template)))
    return "\n\n".join(" ".join(block.split()) for block in re.split(r"</p>|</li>|\n\n", plain) if block.strip())


def said_in(source: str) -> Iterator[tuple[int, str]]:
    """Every sentence that the code holds, and its line: errors, answers, explanations. No docstring."""
    tree = ast.parse(source)
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if id(node) in inside | docstrings:
            continue
        if isinstance(node, ast.JoinedStr):
            text = "".join(part.value if isinstance(part, ast.Constant) else "Value" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if _SENTENCE.match(text):
            yield node.lineno, text


def test_errors_and_answers_are_plain() -> None:
    found = []
    for package in CODE:
        for module in (REPOSITORY / package).rglob("*.py"):
            place = module.relative_to(REPOSITORY)
            if NOT_SHOWN.isdisjoint(place.parts):
                longest = LONGEST_DEFINITION if "measures" in place.parts else LONGEST
                for line, text in said_in(module.read_text()):
                    found += [f"{place}:{line}: {fault}" for fault in faults(text, longest=longest)]
    assert not found, "\n".join(found)


def test_pages_titles_and_e_mails_are_plain() -> None:
    """No jargon anywhere; titles, emails and their subjects in short sentences as well."""
    found = []
    for template in (REPOSITORY / "templates").rglob("*.*"):
        if template.name.endswith(".css.html"):
            continue
        source, letter = template.read_text(), "email" in template.parts
        said = {_MARKUP.sub(" ", words_of(source)): LONGEST if letter else ANY_LENGTH}
        said |= {_MARKUP.sub("", words_of(title)): LONGEST for title in _TITLE.findall(source)}
        found += [
            f"{template.name}: {fault}" for text, longest in said.items() for fault in faults(text, longest=longest)
        ]
    assert not found, "\n".join(found)


def test_the_words_of_a_button_are_read_too() -> None:
    button = '{% include "components/form.html" with button="Please utilise it" button_kind="warning" %}'
    assert len(list(faults(words_of(button)))) == 2


@pytest.mark.parametrize(
    "text",
    ["Please try again.", "Click here.", "An unexpected error: NoneType.", "The record shall be kept.", "word " * 26],
)
def test_what_is_not_plain_is_noticed(text: str) -> None:
    assert list(faults(text))


def test_what_is_plain_passes() -> None:
    assert not list(faults("Enter the child's date of birth, for example: 27 3 2016. You can change it later."))
