"""Text and names of files as people send them, without letters that nobody can see."""

from pathlib import PurePath


def visible_letters(text: str) -> str:
    """The text without invisible letters, which make one name look like another, and with single spaces.

    A name that is pasted often has a space that does not break, or a tab.
    """
    if not text.isprintable():  # which hardly any is, among the names of 100,000 children
        text = "".join(letter for letter in text if letter.isprintable() or letter.isspace())
    return " ".join(text.split())


def file_name(sent: str | None) -> str:
    """The name of a file that was sent, without folders, and without letters that a page or a log cannot show."""
    return "".join(filter(str.isprintable, PurePath(sent or "").name))
