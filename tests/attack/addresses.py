"""Every address of both sites, from the URL maps, with numbers filled in. An unknown parameter fails a test."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
OF_ROWS = {"int", "uuid"}  # converters that name a row of a table
# The only address that is written as a regular expression.
BY_HAND = {"account_reset_password_from_key": "password/reset/<uidb36>-<key_of_reset>/"}
# Values for the parameters that name no row.
WORDS: dict[str, str] = {
    "urn": "999002",
    "guidance/slug": "canary-out",
    "uidb36": "1",
    "key_of_reset": "nonsense",
    "provider_id": "dfe",
    "token": "nonsense",
    "dataset": "ks2",
    "report-misuse/page": "key-data",
    "saved-views/page": "establishments",
    "form": "csv",
    "reports/report": "key-data",
    "downloads/kind": "pupils",
    "template/kind": "csv",
    "data-quality/key": "meals",
    "statistics/table": "pupils",
    "establishments/table": "pupils",
}


@dataclass(frozen=True)
class Address:
    """One entry of a URL map. `rows`: the parameters that name rows, each as "the word before it/its name"."""

    site: str
    name: str
    shape: str
    view: Any

    @property
    def rows(self) -> list[str]:
        return [key for key, converter in self._parameters() if converter in OF_ROWS]

    def path(self, numbers: Mapping[str, object], urn: int | None = None) -> str:
        """The address with these numbers in it. Raises KeyError for a parameter that is no number and no known word."""
        known = {**WORDS, **{key: str(number) for key, number in numbers.items()}}
        path = self.shape
        for key, _ in self._parameters():
            value = str(urn) if urn and key.endswith("/urn") else known.get(key) or known[key.rpartition("/")[2]]
            path = PARAMETER.sub(value, path, count=1)
        return f"/{path}"

    def _parameters(self) -> list[tuple[str, str]]:
        found, before = [], ""
        for part in self.shape.split("/"):
            for match in PARAMETER.finditer(part):
                found.append((f"{before}/{match[2]}", match[1] or "str"))
            before = part if not PARAMETER.search(part) else before
        return found


def every_address(site: str) -> list[Address]:
    return list(_walk(site, get_resolver(f"portal.urls.{site}"), ""))


def _walk(site: str, resolver: URLResolver, before: str) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            shape = BY_HAND.get(str(entry.name), f"{before}{entry.pattern}")
            yield Address(site, str(entry.name), shape, entry.callback)
        else:
            yield from _walk(site, entry, f"{before}{entry.pattern}")
