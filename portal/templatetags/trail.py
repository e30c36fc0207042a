"""The trail at the top of a page, from home to the page itself, which is not a link:

{% trail %}{% step 'home' %}Home{% endstep %}{% step %}Closed children{% endstep %}{% endtrail %}
"""

from django import template
from django.urls import reverse
from django.utils.html import format_html

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
