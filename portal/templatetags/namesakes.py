"""Links to children of one name, read aloud or listed alone, say which child (WCAG 2.4.9)."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django import template
from django.utils.html import format_html

from sharing.days import day_in_words

register = template.Library()


@register.filter
def namesakes(children: Iterable[Any]) -> set[tuple[str, str]]:
    """The names that more than one of them has."""
    counted = Counter((child.surname, child.forename) for child in children)
    return {name for name, number in counted.items() if number > 1}


@register.simple_tag
def told_apart(child: Any, shared: Collection[tuple[str, str]], *facts: str | date) -> str:
    """The facts, unseen, as the row beside it shows them, where the child's name is one of those `shared`."""
    words = [day_in_words(fact) if isinstance(fact, date) else fact for fact in facts if fact]
    if not words or (child.surname, child.forename) not in shared:
        return ""
    return format_html('<span class="govuk-visually-hidden">, {}</span>', ", ".join(words))
