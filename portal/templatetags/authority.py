"""What the authority and its area are called, on pages that know nothing else too: `{% authority %}`, `{% area %}`."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def authority() -> str:
    return settings.AUTHORITY_NAME


@register.simple_tag
def area() -> str:
    return settings.AUTHORITY_AREA
