"""The two front-ends, and which of them a request is for."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Site:
    """One front-end. `slug` names its URL map, its cookie and its accent colour."""

    slug: str
    name: str
    strapline: str

    @property
    def host(self) -> str:
        return settings.SITE_HOSTS[self.slug]

    @property
    def urlconf(self) -> str:
        return f"portal.urls.{self.slug}"

    @property
    def session_cookie(self) -> str:
        return f"{settings.COOKIE_PREFIX}{self.slug}_session"


SCHOOLS_ONLINE = Site("schools_online", "Schools Online", "School information for those who may see it")
EDUNET = Site("edunet", "EduNet", "For officers of the Education Department")
SITES = (SCHOOLS_ONLINE, EDUNET)


def site_of_host(host: str) -> Site | None:
    """The site that answers at this host name (without port), or None."""
    return next((site for site in SITES if site.host == host.lower()), None)
