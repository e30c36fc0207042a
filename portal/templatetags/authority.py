"""The names of the authority and its area, and the addresses of its data protection officer and of those who run the
service, on every page: `{% authority %}`, `{% area %}`, `{% data_protection_email %}`, `{% service_email %}`; and in
emails about signing in, `{% whom_to_tell %}`."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def authority() -> str:
    return settings.AUTHORITY_NAME


@register.simple_tag
def area() -> str:
    return settings.AUTHORITY_AREA


@register.simple_tag
def data_protection_email() -> str:
    return settings.DATA_PROTECTION_EMAIL


@register.simple_tag
def service_email() -> str:
    return settings.SERVICE_EMAIL


@register.simple_tag
def whom_to_tell() -> str:
    """Whom to tell of something in one's account that was somebody else's doing."""
    nearby = "the person who manages access where you work"
    return f"{nearby}, and {settings.SERVICE_EMAIL}" if settings.SERVICE_EMAIL else nearby
