"""Every action that the code writes into the ledger has words (R43)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from sharing import door
from sharing.door.downloads import NOT_SHOWN
from sharing.ledger.rows import how_many, told_of
from sharing.ledger.words import KINDS, OF_ALL, WORDS, words_of
from sharing.models import LedgerEntry
from tests.downloads.reading import BECKSIDE, TEACHER, asked_for
from tests.people import as_batch, asker

ROOT = Path(__file__).parents[2]
APPS = ("sharing", "access_register", "edunet", "schools_online", "portal")


def _modules() -> dict[Path, ast.Module]:
    files = (file for app in APPS for file in Path(ROOT, app).rglob("*.py") if "migrations" not in file.parts)
    return {file: ast.parse(file.read_text()) for file in files}


def _takes_action(module: ast.Module) -> dict[str, int]:
    """The functions of a module that take an action, and as which argument."""
    functions = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]
    arguments = {function.name: [argument.arg for argument in function.args.args] for function in functions}
    return {name: names.index("action") for name, names in arguments.items() if "action" in names}


def _narrowed(module: ast.Module, takes: dict[str, int]) -> dict[str, int]:
    """Names that stand for one of those functions with more of its arguments given: `name = partial(function, ...)`."""
    named = [node for node in module.body if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)]
    partials = {
        ast.unparse(one.targets[0]): one.value.args for one in named if ast.unparse(one.value.func) == "partial"
    }
    return {name: takes[ast.unparse(of)] for name, (of, *_) in partials.items() if ast.unparse(of) in takes}


def _given(call: ast.Call, takes: dict[str, int]) -> Iterator[ast.expr]:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    if name == "add_argument" or ast.unparse(call.func).startswith("ratelimit."):  # of argparse; allauth counts tries
        return
    yield from (keyword.value for keyword in call.keywords if keyword.arg == "action")
    if name in takes and len(call.args) > takes[name]:
        yield call.args[takes[name]]


def written() -> dict[str, Path]:
    """Each action, and a module that writes it. A name passed on is an argument `action` of the function around."""
    modules = _modules()
    public = {name: at for module in modules.values() for name, at in _takes_action(module).items() if name[0] != "_"}
    for module in modules.values():
        public |= {name: at for name, at in _narrowed(module, public).items() if name[0] != "_"}
    found = {}
    for file, module in modules.items():
        takes = public | _takes_action(module)
        takes |= _narrowed(module, takes)
        for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
            for value in _given(call, takes):
                if isinstance(value, ast.Constant):
                    found[value.value] = file
                else:
                    assert ast.unparse(value) in {"action", "self.action"}, f"{file}: {ast.unparse(call)}"
    return found


def test_every_action_has_words_and_no_words_are_left_over() -> None:
    """R43."""
    actions = written()
    assert len(actions) > 150
    untold = {action: str(file) for action, file in actions.items() if action not in OF_ALL}
    assert untold == {}, "Give it a noun phrase in WORDS (sharing/ledger/words.py), under its kind."
    assert set(OF_ALL) - set(actions) == set(), "Nothing writes it any more: take it out of WORDS."


def test_each_action_is_of_one_kind_and_fits_its_column() -> None:
    assert set(WORDS) == set(KINDS)
    assert len(OF_ALL) == sum(len(actions) for actions in WORDS.values())
    assert all(len(action) <= 50 for action in OF_ALL)
    assert len(set(OF_ALL.values())) == len(OF_ALL)


def test_an_action_of_a_version_gone_by_can_still_be_read() -> None:
    assert words_of("list_tables_of_old") == "List tables of old"


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({"pupils": ["a"]}, "1 pupil"),
        ({"pupils": ["a", "b"], "of": 2}, "2 pupils"),
        ({"pupils": ["a"], "of": 312}, "1 of 312 pupils"),
        ({"pupils": ["a"] * 1200, "of": 2400}, "1,200 of 2,400 pupils"),
        ({"pupils": [], "of": 1}, "0 of 1 pupil"),
        ({"staff": []}, "0 members of staff"),
        ({"pupils": [], "staff": ["a"], "of": 1}, "1 member of staff"),
        ({"pupils": ["a"], "staff": ["b", "c"], "of": 40}, "1 pupil and 2 members of staff, of 40 people"),
        ({"pupils": [], "staff": [], "of": 0}, "0 people"),
        ({"pupils": "a word", "of": None}, ""),
        ({"lines": 3}, ""),
    ],
)
def test_how_many_were_shown(about: dict[str, object], words: str) -> None:
    assert how_many(about) == words


@pytest.mark.django_db
def test_a_passphrase_that_was_not_shown_is_not_said_to_be_shown() -> None:
    """R43, P17: it is shown once, and the ledger does not tell of a second time."""
    number = asked_for(TEACHER)
    door.show_passphrase(asker(TEACHER), BECKSIDE, "pupils", number)
    with pytest.raises(door.NotHereAnyMore):
        door.show_passphrase(asker(TEACHER), BECKSIDE, "pupils", number)
    with as_batch():
        told = [told_of(row) for row in LedgerEntry.objects.filter(action="show_passphrase").order_by("id")]
    assert told == ["Passphrase of a download", "Passphrase of a download: it had been shown before"]


def test_each_reason_why_a_passphrase_was_not_shown_has_words() -> None:
    """R43: otherwise the ledger would say that it was shown."""
    rows = [LedgerEntry(action="show_passphrase", about={why: True}) for why in NOT_SHOWN.values()]
    assert len({words_of("show_passphrase"), *map(told_of, rows)}) == 1 + len(NOT_SHOWN)
