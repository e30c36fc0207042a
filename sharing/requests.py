"""Requests, for both front-ends: who asks, and what was typed into the address. Nonsense is ignored."""

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from urllib.parse import SplitResult, urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import register_converter

from sharing import codes
from sharing.authorise import Asker
from sharing.days import day_of
from sharing.door.pupil_filter import FILTERS, SORTS, PupilFilter
from sharing.door.staff import WORK, StaffFilter
from sharing.kept_names import kept_name
from sharing.ledger.words import KINDS, WHO
from sharing.models.establishments import Kind
from sharing.models.support import Challenge
from sharing.ordering import ContextKey
from sharing.records.ledger import LedgerFilter
from sharing.records.pupils import Active

View = TypeVar("View", bound=Callable[..., Any])
ACTING_FOR = "acting_for"  # in the session: the URN of the establishment the person has chosen to work for
PURPOSE = "purpose"  # in the session: in words, what an officer is working there for (P8)


class PortalRequest(HttpRequest):
    """A request as the portal's middleware leaves it: which site it is for, and who asks."""

    site: Any
    asker: Asker
    operations_only: bool  # on EduNet, for a superuser who is not an officer (edunet.gate)
    order: ContextKey  # of lists of several establishments (sharing.pages.ordering)


GetResponse = Callable[[PortalRequest], HttpResponse]
"""What stands behind a middleware: the next one, or the page."""


class ViewMiddleware:
    """A middleware that acts on views alone, in `process_view` and `process_exception`."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponse:
        return self.get_response(request)


class UrnConverter:
    """A URN in an address. Anything with more digits is not a URN, and the page is not found."""

    regex = "[0-9]{1,7}"
    to_python = staticmethod(int)
    to_url = staticmethod(str)


register_converter(UrnConverter, "urn")


def while_suspended(view: View) -> View:
    """Mark a view that a suspended person may use too (R41, R44; access_register.breaches.gate)."""
    view.while_suspended = True  # type: ignore[attr-defined]
    return view


def page_of_the_form(request: HttpRequest) -> SplitResult | None:
    """The page of this portal from which a form was sent, to lead back to it."""
    page = urlsplit(request.META.get("HTTP_REFERER", ""))
    return page if request.method == "POST" and page.netloc == request.get_host() else None


def in_digits(text: str, most: int) -> int | None:
    """The number that is typed, in so many digits at `most`; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= most else None


def page_number(request: HttpRequest) -> int:
    return in_digits(request.GET.get("page", ""), 6) or 1


def typed_name(request: HttpRequest) -> str:
    """The establishment name that was searched for: at most 100 letters, and none that PostgreSQL cannot store."""
    return request.GET.get("named", "").replace("\0", "")[:100]


def typed_kind(request: HttpRequest) -> str:
    return _one_of(request, "kind", Kind.values)


def typed_challenge(request: HttpRequest) -> str:
    """The challenge about which support is offered."""
    return _one_of(request, "challenge", Challenge.values)


def typed_locality(request: HttpRequest) -> str:
    return request.GET.get("locality", "").replace("\0", "")[:100]


def typed_urn(request: HttpRequest) -> int | None:
    """The URN of the establishment from which the asker looks at the page."""
    return in_digits(request.GET.get("of", ""), 7)


def typed_year(request: HttpRequest) -> int | None:
    """An academic year, given as the calendar year in which it began."""
    text = request.GET.get("year", "")
    return in_digits(text, 4) if len(text) == 4 else None


def typed_day(request: HttpRequest, name: str) -> date | None:
    """A day as people type it: 1/9/2026, 1 September 2026 and so on."""
    return day_of(request.GET.get(name, ""))


def tell_of_unread_days(request: HttpRequest, *names: str) -> None:
    """Warn where what was typed is not a day, so that nobody takes the whole list for a narrowed one."""
    for name in names:
        typed = request.GET.get(name, "").strip()
        if typed and typed_day(request, name) is None:
            messages.warning(
                request,
                f"“{typed[:20]}” is not a date, so the list leaves it out. "
                "Enter the day as day, month and year, for example 1/9/2026.",
            )


def row_number(request: HttpRequest, name: str) -> int | None:
    """The number of a row or of a person."""
    return number_of_row(request.GET.get(name, ""))


def number_of_row(text: str) -> int | None:
    """The number of a row from the value of a button. Nonsense counts as nothing."""
    return in_digits(text, 18)


def ledger_filter(request: HttpRequest) -> LedgerFilter:
    return LedgerFilter(
        person=row_number(request, "person"),
        first=typed_day(request, "first"),
        last=typed_day(request, "last"),
        kind=_one_of(request, "kind", KINDS),
        who=_one_of(request, "who", WHO),
        refused=request.GET.get("refused") == "yes",
    )


def _one_of(request: HttpRequest, name: str, allowed: Container[str]) -> str:
    typed = request.GET.get(name, "")
    return typed if typed in allowed else ""


def pupil_filter(request: HttpRequest) -> PupilFilter:
    """The filters in the address: only codes that exist, and a class as it is typed there."""
    chosen = {
        filter_.name: _one_of(request, filter_.name, filter_.options)
        for filter_ in FILTERS
        if filter_.name != "class_name"
    }
    class_name = request.GET.get("class_name", "").replace("\0", "")[:20]
    return PupilFilter(named=kept_name(request), class_name=class_name, **chosen)


def sort_order(request: HttpRequest) -> str:
    return _one_of(request, "sort", SORTS) or "name"


@dataclass(frozen=True)
class Removable:
    """A filter in use, in words, and the rest of the address without it."""

    words: str
    query: str


def removable(request: HttpRequest, active: Iterable[Active]) -> tuple[Removable, ...]:
    """Each filter in use, with the address without it. The page number belonged to the list as it was, so it goes."""
    found = []
    for filter_ in active:
        query = request.GET.copy()
        query.pop("page", None)
        query.pop(filter_.name, None)
        found.append(Removable(filter_.words, query.urlencode()))
    return tuple(found)


def staff_filter(request: HttpRequest) -> StaffFilter:
    return StaffFilter(
        named=kept_name(request),
        work=_one_of(request, "work", WORK),
        contract=_one_of(request, "contract", codes.CONTRACT),
    )


def numbers_chosen(request: HttpRequest, name: str) -> set[int]:
    """The numbers ticked on a form."""
    numbers = (in_digits(text, 15) for text in request.POST.getlist(name)[:500])
    return {number for number in numbers if number is not None}
