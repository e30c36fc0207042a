"""What every page knows: which site it is on, its navigation, and whether this is the demonstration."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from access_register.sign_in.sessions import session_times
from sharing.requests import PortalRequest


@dataclass(frozen=True)
class NavigationItem:
    text: str
    url: str
    current: bool


def site(request: PortalRequest) -> dict[str, Any]:
    here = getattr(request, "site", None)
    return {
        "site": here,
        "demo": settings.DEMO,
        "authority": settings.AUTHORITY_NAME,
        "navigation": _navigation(request) if here else [],
        "query": _query_without_page(request),
        "session_times": session_times(request.session) if hasattr(request, "asker") else None,
    }


def _query_without_page(request: PortalRequest) -> str:
    """The filters in use, for links to other pages of the same list."""
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


SIGNED_IN = ["home", "establishments", "school_finder", "statistics", "my_access", "guidance"]
SUSPENDED = ["home", "guidance"]  # home says why, and leads to the case


def _navigation(request: PortalRequest) -> list[NavigationItem]:
    signed_in = hasattr(request, "asker")
    words = {
        "home": "Home",
        "establishments": "Establishments",
        "school_finder": "School Finder",
        "statistics": "Statistics",
        "my_access": "My access",
        "guidance": "Guidance",
        "operations": "Operations",
    }
    names = SIGNED_IN if signed_in else ["guidance"]
    if signed_in and request.user.is_authenticated and request.user.is_suspended_on(timezone.localdate()):
        names = SUSPENDED
    if getattr(request, "operations_only", False):
        names = ["operations"]
    return [
        NavigationItem(
            words[name],
            url := reverse(name),
            request.path == url or (url != "/" and request.path.startswith(url)),
        )
        for name in names
    ]
