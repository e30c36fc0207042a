"""What somebody searches for: kept in the session, and in no address, browser history or log (R13).

The form of a list posts what was typed. The address that it leads to has a random word in place of the name, so that
further pages, other columns and the file are of the same people, until the session ends. Each search has a word of its
own: what is open in another tab, or behind the back button, is still what was searched for there.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

View = Callable[..., HttpResponse]
NAMED = "named"  # the field of the form, the parameter of the address, and the session's key
SEARCH = "search"  # the button of the form
MOST = 100  # searches of one kind that a session keeps; the oldest go first
GONE = "The name that you searched for is no longer kept, so it is left out. Type it again."


def kept_name(request: HttpRequest) -> str:
    """The name that the word in the address stands for, of at most 100 letters; "" if there is none."""
    return kept(request, NAMED) or ""


def keep(request: HttpRequest, under: str, sought: Any) -> str:
    """Keep what was searched for, and return the word that stands for it. The same gets the same word."""
    words: dict[str, Any] = request.session.get(under, {})
    word = next((word for word, kept in words.items() if kept == sought), None) or token_urlsafe(6)
    newest_last = [*((each, kept) for each, kept in words.items() if each != word), (word, sought)]
    request.session[under] = dict(newest_last[-MOST:])
    return word


def kept(request: HttpRequest, under: str) -> Any:
    """What the word in the address stands for; None if there is no word, or if the session does not keep it."""
    return request.session.get(under, {}).get(request.GET.get(under, ""))


def keeps_names(*others: str) -> Callable[[View], View]:
    """Decorate a view whose page can be narrowed by a person's name, and by these `others`.

    If the session no longer has the name, a warning says so: nobody should take the whole list for a narrowed one.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def keeping(request: HttpRequest, *given: Any, **also: Any) -> HttpResponse:
            if request.method == "POST" and request.POST.get(SEARCH):
                asked = {name: request.POST.get(name) for name in others}
                return redirect(_address(request, asked | {NAMED: _word_for(request, request.POST.get(NAMED, ""))}))
            if request.GET.get(NAMED) and not kept_name(request):
                messages.warning(request, GONE)
                return redirect(_address(request, {**request.GET.dict(), NAMED: ""}))
            return view(request, *given, **also)

        return keeping

    return decorate


def _word_for(request: HttpRequest, typed: str) -> str:
    name = typed.replace("\0", "").strip()[:100]
    return keep(request, NAMED, name) if name else ""


def _address(request: HttpRequest, asked: Mapping[str, str | list[object] | None]) -> str:
    """The page's address with the filters asked for; empty ones are left out."""
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{request.path}?{query}" if query else request.path
