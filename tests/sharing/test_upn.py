"""Unique Pupil Numbers (formats 1.1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.upn import ALPHABET, check_letter, is_temporary, make_upn, tidy_upn, upn_problem

WORKED = ["W380201224001", "K380206019037", "T38022252300A", "B801200005001", "P207000016049"]

upns = st.builds(make_upn, st.integers(1, 999), st.integers(0, 9999), st.integers(1990, 2089), st.integers(0, 999))
temporary_upns = st.builds(
    make_upn,
    st.integers(1, 999),
    st.integers(0, 9999),
    st.integers(1990, 2089),
    st.integers(0, 99),
    st.sampled_from(ALPHABET),
)


@pytest.mark.parametrize("upn", WORKED)
def test_the_worked_examples_hold(upn: str) -> None:
    """R22: the arithmetic of the standard, not that of the vendors who print P as Q."""
    assert upn_problem(upn) is None
    assert check_letter(upn[1:]) == upn[0]


def test_make_upn_gives_the_worked_examples() -> None:
    assert make_upn(380, 2012, 2024, 1) == "W380201224001"
    assert make_upn(380, 2225, 2023, 0, "A") == "T38022252300A"
    assert make_upn(207, 0, 2016, 49) == "P207000016049"


@given(upns | temporary_upns)
def test_what_make_upn_makes_is_right(upn: str) -> None:
    """R22."""
    assert len(upn) == 13
    assert upn_problem(upn) is None


@given(temporary_upns)
def test_a_letter_at_the_end_means_temporary(upn: str) -> None:
    assert is_temporary(upn)


@given(upns, st.integers(1, 12), st.integers(1, 9))
def test_one_mistyped_digit_is_always_caught(upn: str, place: int, shift: int) -> None:
    """R22: weights below the prime 23 leave no single wrong digit undetected."""
    wrong = str((int(upn[place]) + shift) % 10)
    assert upn_problem(upn[:place] + wrong + upn[place + 1 :]) is not None


@given(upns, st.integers(1, 12), st.integers(1, 12))
def test_two_swapped_digits_are_always_caught(upn: str, one: int, other: int) -> None:
    """R22."""
    characters = list(upn)
    characters[one], characters[other] = characters[other], characters[one]
    swapped = "".join(characters)
    assert (upn_problem(swapped) is None) == (swapped == upn)


@given(upns, st.sampled_from(ALPHABET))
def test_another_check_letter_is_always_caught(upn: str, letter: str) -> None:
    assert (upn_problem(letter + upn[1:]) is None) == (letter == upn[0])


@given(upns, st.sampled_from(ALPHABET))
def test_a_last_digit_typed_as_a_letter_is_caught_unless_of_equal_value(upn: str, letter: str) -> None:
    """What the check letter cannot do: `...1` and `...B` both have the value 1."""
    equal = ALPHABET.index(letter) == int(upn[12])
    assert (upn_problem(upn[:12] + letter) is None) == equal


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("", "missing"),
        ("   ", "missing"),
        ("W38020122400", "this has 12"),
        ("W3802012240012", "this has 14"),
        ("I380201224001", "never has the letters I, O or S"),
        ("W38020122400O", "never has the letters I, O or S"),
        ("1380201224001", "begins with a letter"),
        ("W38020122X001", "Characters 2 to 12"),
        ("W38020122400*", "last character"),
        ("K380201224001", "check letter does not fit"),
        ("W38020122400١", "last character"),
    ],
)
def test_the_cure_says_what_is_wrong_and_never_the_upn(text: str, cure: str) -> None:
    """R13: a message may be logged, a UPN may not."""
    problem = upn_problem(text)
    assert problem is not None
    assert cure in problem
    assert not text.strip() or text not in problem


def test_spaces_and_small_letters_do_not_matter() -> None:
    assert upn_problem(" w380 2012 24001 ") is None
    assert tidy_upn(" w380 2012 24001 ") == "W380201224001"


@pytest.mark.parametrize(
    "parts",
    [
        (0, 1, 2024, 1),
        (1000, 1, 2024, 1),
        (380, 10000, 2024, 1),
        (380, 1, 24, 1),
        (380, 1, 2024, 1000),
        (380, 1, 2024, 100, "A"),
    ],
)
def test_parts_that_do_not_fit_are_refused(parts: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="between"):
        make_upn(*parts)


@pytest.mark.parametrize("body", ["", "38020122400", "38020122400I", "3802012240011", "38020122400é"])
def test_no_check_letter_for_a_body_of_another_shape(body: str) -> None:
    with pytest.raises(ValueError, match="body"):
        check_letter(body)


def test_who_has_no_upn_here_may_have_one_elsewhere() -> None:
    """A child keeps one UPN through all schools: it is looked for before another is allotted."""
    said = upn_problem("")
    assert said is not None
    assert said.index("Get Information about Pupils") < said.index("Allot one only if the pupil has none.")
