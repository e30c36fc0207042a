"""Email addresses in narrow columns: broken where a part of them begins, and not in the middle of a name."""

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from sharing.records.downloads import Value, pieces

register = template.Library()


@register.filter
def in_pieces(value: Value) -> object:
    """The value; an email address in it may be broken before each "@" and "."."""
    if not isinstance(value, str) or "@" not in value:
        return value
    return format_html_join(SafeString("<wbr>"), "{}", ((piece,) for piece in pieces(value)))
