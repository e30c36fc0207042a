"""A telephone number that a phone dials when it is touched: `{{ "Mobile: 01632 960000"|dialled }}`."""

import re

from django import template
from django.utils.html import format_html

register = template.Library()

_LINE = re.compile(r"([^\d+]{0,30})(\+?[\d ]{6,25})")


@register.filter
def dialled(line: str) -> str:
    """The number as a link, with what comes before it. A line that says anything more stays as it is."""
    found = _LINE.fullmatch(line)
    if not found:
        return line
    kind, number = found.groups()
    return format_html('{}<a class="govuk-link" href="tel:{}">{}</a>', kind, number.replace(" ", ""), number)
