"""`{% told_apart child among year %}`: what tells a child from others of its name, in a link that has only the name.

Read aloud or listed alone, such links would lead to different children under the same words (WCAG 2.4.9).
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import template
from django.utils.html import format_html

from sharing.days import day_in_words

register = template.Library()


@register.simple_tag
def told_apart(child: Any, among: Iterable[Any], *facts: str | date) -> str:
    """The facts, unseen, as the row beside it shows them. Nothing where nobody else in the list has the name."""
    if sum((one.surname, one.forename) == (child.surname, child.forename) for one in among) < 2:
        return ""
    words = [day_in_words(fact) if isinstance(fact, date) else fact for fact in facts if fact]
    return format_html('<span class="govuk-visually-hidden">, {}</span>', ", ".join(words))
