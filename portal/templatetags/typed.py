"""What somebody had written into a form that could not be saved: `{{ request|words_typed }}`."""

from django import template

from sharing.requests import PortalRequest

register = template.Library()


@register.filter
def words_typed(request: PortalRequest) -> list[str]:
    """What has more than one word, for whoever is signed in to copy. No password.

    Nothing that came to an address that there is not: only for those that there are, Django has made sure that our own
    form was sent, and has read it. What another website sends is not shown as if it were ours.
    """
    if request.resolver_match is None or not hasattr(request, "asker"):
        return []
    typed = [value for name, values in request.POST.lists() if "password" not in name for value in values]
    return [value for value in typed if len(value.split()) > 1]
