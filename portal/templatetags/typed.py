"""What somebody had written into a form that could not be saved: `{{ request.POST|words_typed }}`."""

from django import template
from django.http import QueryDict

register = template.Library()


@register.filter
def words_typed(sent: QueryDict) -> list[str]:
    """What has more than one word, for them to copy. No password."""
    typed = [value for name, values in sent.lists() if "password" not in name for value in values]
    return [value for value in typed if len(value.split()) > 1]
