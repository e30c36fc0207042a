"""The names of the authority and its area, and the addresses of its data protection officer and of those who run the
service, on every page: `{% authority %}`, `{% area %}`, `{% data_protection_email %}`, `{% service_email %}`."""

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
