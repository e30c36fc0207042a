"""Taking something away as a person does, and reading it with programs that share no code with what wrote it."""

import io
import re

import msoffcrypto
from django.test import Client
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from sharing import door
from tests.people import asker, client

BECKSIDE, RAVENSGILL = 999002, 999003
HEAD, TEACHER, NARROWED, GOVERNOR = "head-beckside", "teacher-beckside", "assistant-beckside", "governor-beckside"
KIND_PAGE = f"/establishments/{BECKSIDE}/downloads"
CHOICE = {"purpose": "correction", "form": "xlsx", "knows_duties": "on"}


def asked_for(slug: str = HEAD, kind: str = "pupils", query: str = "", **choice: str) -> int:
    """The number of a download that the person has asked for by the page."""
    answer = client(slug).post(f"{KIND_PAGE}/{kind}/new/{query}", CHOICE | choice)
    assert answer.status_code == 302, answer.status_code
    return int(re.findall(r"/my-downloads/(\d+)/", answer["location"])[0])


def passphrase_of(browser: Client, number: int, kind: str = "pupils") -> str:
    page = browser.post(f"{KIND_PAGE}/{kind}/{number}/passphrase/").content.decode()
    return re.findall(r'app-break">([^<]+)<', page)[0]


def collected(slug: str, number: int, kind: str = "pupils") -> bytes:
    return door.collect_download(asker(slug), BECKSIDE, kind, number).content


def sheets_in(content: bytes, passphrase: str) -> dict[str, Worksheet]:
    plain = io.BytesIO()
    file = msoffcrypto.OfficeFile(io.BytesIO(content))
    file.load_key(password=passphrase)
    file.decrypt(plain, verify_integrity=True)
    return {sheet.title: sheet for sheet in load_workbook(plain).worksheets}


def taken(slug: str = HEAD, kind: str = "pupils", query: str = "") -> dict[str, Worksheet]:
    """What is inside a file, from asking to opening it."""
    number = asked_for(slug, kind, query)
    words = passphrase_of(client(slug), number, kind)
    return sheets_in(collected(slug, number, kind), words)


def rows_of(sheet: Worksheet) -> list[tuple]:
    """Headings, and what stands below them."""
    return list(sheet.iter_rows(min_row=4, values_only=True))
