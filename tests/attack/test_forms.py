"""More fields sent than a form has, and files that are not what they seem (R2, R13, R35)."""

import ast
import io
import zipfile
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from access_register.models import RegisterLine
from access_register.register import list_file, staff_file
from access_register.third_parties import documents
from sharing.files import safe_files
from sharing.imports import uploads
from sharing.models import OwnGroup
from tests.attack.forms import OURS, every_form, everything
from tests.people import as_batch, client, person

pytestmark = pytest.mark.django_db
BECKSIDE, RAVENSGILL = 999002, 999003
# How a page may read what was sent: by giving all of it to a form, or by asking for a literal name.
ASKED_BY_NAME = {"get", "getlist"}
# The first is shown every file, and keeps none; the second sends back to the browser what it sent, and reads nothing.
TAKE_IT_WHOLE = {"sharing/files/virus_scan.py", "access_register/protocol/gate.py", "portal/templatetags/typed.py"}
MORE = {
    "id": "1", "pk": "1", "establishment": "3", "establishment_id": "3", "urn": str(RAVENSGILL), "person": "1",
    "person_id": "1", "level": "1", "seat": "0", "is_superuser": "on", "is_active": "on", "is_staff": "on",
    "protocol_accepted_until": "2099-01-01", "suspended_until": "", "state": "ready", "withdrawn_at": "",
    "given_by_name": "Somebody else", "made_by_name": "Somebody else", "made_by_id": "1", "author_id": "1",
    "through": "edunet", "source": "register", "visible": "[2000-01-01,2099-01-01)",
}  # fmt: skip


def test_no_form_is_of_a_table() -> None:
    """Each form names its fields, and none takes those of a model: a column that nobody named cannot be sent."""
    every = every_form()
    assert len(every) > 60
    assert [form.__name__ for form in every if issubclass(form, forms.BaseModelForm)] == []


def test_what_is_sent_is_read_by_name() -> None:
    """In our code request.POST goes to a form, or is asked for a literal name: nothing takes all of it."""
    wrong = []
    for path in (path for package in OURS for path in (Path(settings.BASE_DIR) / package).rglob("*.py")):
        tree = ast.parse(path.read_text())
        above = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in ("POST", "FILES"):
                of_request = ast.unparse(node.value).endswith("request")
                named = path.relative_to(settings.BASE_DIR).as_posix()
                if not of_request or _is_safe(node, above) or named in TAKE_IT_WHOLE:
                    continue
                wrong.append(f"{named}:{node.lineno}: {ast.unparse(above[node])}")
    assert wrong == []


def _is_safe(node: ast.AST, above: dict[ast.AST, ast.AST]) -> bool:
    parent = above[node]
    if isinstance(parent, ast.Attribute):
        return parent.attr in ASKED_BY_NAME
    if isinstance(parent, ast.Compare) or (isinstance(parent, ast.IfExp) and parent.test is node):
        return True  # "decline" in request.POST
    while isinstance(parent, ast.BoolOp | ast.IfExp | ast.Tuple):
        parent = above[parent]
    if isinstance(parent, ast.If):
        return True
    is_form = isinstance(parent, ast.Call) and ast.unparse(parent.func).endswith(("Form", "kind"))
    return is_form or (isinstance(parent, ast.Assign) and ast.unparse(parent.targets[0]) in ("data", "sent"))


def test_more_fields_than_a_form_has_change_nothing() -> None:
    """R35: a line that is added, and a group that is made, with every column that one might wish for."""
    head = client("head-beckside")
    new = {"name": "Nadia New", "email": "nadia@beckside.example", "role": "teacher"}
    whole = {"level": "3", "basis": "", "confirm": "on", "year_groups": [], "withheld": []}
    form = everything("Words") | MORE | new | whole
    head.post(f"/establishments/{BECKSIDE}/register/add/", form)
    head.post(f"/establishments/{BECKSIDE}/groups/add/", MORE | {"name": "Attacked", "kind": "hand"})
    with as_batch():
        line = RegisterLine.objects.select_related("person", "establishment").latest("pk")
        assert (line.person.email, line.establishment.urn, line.level, line.seat) == (new["email"], BECKSIDE, 3, None)
        assert line.given_by_name == person("head-beckside").name
        assert not line.person.is_superuser
        assert line.person.protocol_accepted_until is None
        group = OwnGroup.objects.select_related("establishment").latest("pk")
        assert (group.establishment.urn, group.made_by_name) == (BECKSIDE, person("head-beckside").name)


# --- files ----------------------------------------------------------------------------------------------------------


def _workbook(*more: tuple[str, bytes]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.active.append(["Name", "Email", "Role"])
    book.save(out)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in more:
            archive.writestr(name, content)
    return out.getvalue()


def _lying(size: int) -> bytes:
    """A workbook whose directory says that its largest part is small."""
    large = _workbook(("xl/worksheets/sheet2.xml", b"0" * size))
    with zipfile.ZipFile(io.BytesIO(large)) as archive:
        told = archive.getinfo("xl/worksheets/sheet2.xml").file_size.to_bytes(4, "little")
    return large.replace(told, (10).to_bytes(4, "little"))


BOMB = b"0" * (safe_files.MOST_UNPACKED + 1)
HOSTILE = {
    "a bomb": lambda: _workbook(("xl/worksheets/sheet2.xml", BOMB)),
    "a bomb of many parts": lambda: _workbook(*((f"xl/{number}.xml", b"") for number in range(3000))),
    "a workbook behind a web page": lambda: b"<html><script>alert(1)</script></html>" + _workbook()[:-1],
    "a web page": lambda: b"<html><script>alert(1)</script></html>",
    "a program": lambda: b"MZ\x90\x00" + b"\0" * 100,
    "a PDF by the name of a workbook": lambda: b"%PDF-1.7\n%%EOF\n",
    "nothing but a list": lambda: b"PK\x05\x06" + b"\0" * 18,
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_file_that_is_not_what_it_says_is_refused(case: str) -> None:
    """Each of the places that take workbooks refuses it; and nothing is unpacked beyond the limit."""
    content = HOSTILE[case]()
    with pytest.raises(safe_files.NotAcceptable):
        safe_files.read(SimpleUploadedFile("figures.xlsx", content))
    with pytest.raises(list_file.CannotRead):
        staff_file.read(content)


def test_a_list_that_lies_about_the_size_unpacks_no_more_than_it_says() -> None:
    with pytest.raises((list_file.CannotRead, zipfile.BadZipFile)):
        staff_file.read(_lying(5_000_000))


@pytest.mark.parametrize(
    "name",
    ["../../etc/cron.d/x", "..\\..\\windows\\x", "/etc/passwd", "C:\\x", "a\r\nSet-Cookie: x=1", "a\0b", "x" * 5000],
)
def test_the_name_of_a_file_is_a_name(name: str) -> None:
    """Nothing is written under it; it is kept without its path, and without characters that break a header."""
    sent = SimpleUploadedFile("x", b"a,b\r\n1,2\r\n")
    sent._name = f"{name}.csv"
    kept = safe_files.read(sent).name
    sent._name = f"{name}.pdf"
    sent.file = io.BytesIO(b"%PDF-1.7\n%%EOF\n")
    document = documents.read(sent).name
    sent._name = f"{name}.csv"
    for found in (kept, document, uploads._name_of(sent)):
        assert "/" not in found
        assert found.isprintable()
        assert len(found) <= 200
