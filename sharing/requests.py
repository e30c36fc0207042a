"""Requests, for both front-ends: who asks, and what was typed into the address. Nonsense is read as nothing."""

from collections.abc import Container
from typing import Any

from django.http import HttpRequest

from sharing import codes
from sharing.authorise import Asker
from sharing.door.pupils import PupilFilter


class PortalRequest(HttpRequest):
    """A request as the portal's middleware leaves it: for which site, and who asks."""

    site: Any
    asker: Asker


def page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 1


def _one_of(request: HttpRequest, name: str, allowed: Container[str]) -> str:
    typed = request.GET.get(name, "")
    return typed if typed in allowed else ""


def pupil_filter(request: HttpRequest) -> PupilFilter:
    return PupilFilter(
        named=request.GET.get("named", "").replace("\0", "")[:100],
        year_group=_one_of(request, "year", codes.NC_YEARS),
        sex=_one_of(request, "sex", codes.SEX),
        sen=_one_of(request, "sen", codes.SEN_PROVISION),
        fsm=_one_of(request, "fsm", {"yes", "no"}),
    )
