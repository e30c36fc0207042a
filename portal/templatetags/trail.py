"""The trail at the top of a page, from home to the page itself, which is not a link:

{% trail %}{% step 'home' %}Home{% endstep %}{% step %}Closed children{% endstep %}{% endtrail %}

And `{% page_shown %}`: which page of a list it is.
"""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html

from sharing.records import Page

register = template.Library()


@register.simple_block_tag
def trail(content: str) -> str:
    return format_html(
        '<nav class="govuk-breadcrumbs govuk-breadcrumbs--collapse-on-mobile" aria-label="Breadcrumb">'
        '<ol class="govuk-breadcrumbs__list">{}</ol></nav>',
        content,
    )


@register.simple_block_tag
def step(content: str, page: str = "", *numbers: object, at: str = "", **query: object) -> str:
    """One step. `page`, `numbers` and `query` make the address, or `at` is the address. With neither: this page."""
    address = at or (page and reverse(page, args=numbers, query=query))
    if not address:
        return format_html('<li class="govuk-breadcrumbs__list-item" aria-current="page">{}</li>', content)
    return format_html(
        '<li class="govuk-breadcrumbs__list-item"><a class="govuk-breadcrumbs__link" href="{}">{}</a></li>',
        address, content,
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def page_shown(context: dict[str, Any]) -> str:
    """For the title of a window: the number of the page, if the list in `found` is shown from its second page on."""
    for shown in getattr(context.get("found"), "__dict__", {}).values():
        if isinstance(shown, Page) and shown.number > 1:
            return f" (page {shown.number} of {shown.pages})"
    return ""
