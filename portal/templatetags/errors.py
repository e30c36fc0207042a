"""The errors in the summary above a page: `{{ error|named:field }}` in words, `{% led_to error field %}` as a link."""

from typing import Any

from django import template
from django.forms import BoundField
from django.utils.html import format_html

from portal.form_words import named

register = template.Library()
register.filter(named)


@register.simple_block_tag
def rendered(content: str) -> str:
    """`{% rendered as shown %}`: the page below the summary, which shows what there is to link to."""
    return content


@register.simple_tag(takes_context=True)
def led_to(context: dict[str, Any], error: str, field: BoundField | str) -> str:
    """A link to the field; only the error if the field is not on the page, as when something was settled meanwhile."""
    if not isinstance(field, BoundField):
        return format_html('<a href="#main-content">{}</a>', error)
    target = field.id_for_label or f"{field.auto_id}_0"
    if field.is_hidden or f'id="{target}"' not in context["shown"]:
        return error
    return format_html('<a href="#{}">{}</a>', target, error)
