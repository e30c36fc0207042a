"""R14: programs that schools and auditors have open what we encrypt, with the passphrase and not without it.

qpdf and 7-Zip share no code with what wrote the files. LibreOffice was tried by hand: docs/adr/0023.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from sharing.downloads import paper, workbook
from tests.downloads.test_files import MARKING, PASSPHRASE, decrypted, of

ROWS = of(("Ahmed", None, 190), ("Bell", None, None))


def program(*names: str) -> str:
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        say = pytest.fail if os.environ.get("PORTAL_BROWSER") == "required" else pytest.skip
        say(f"There is no {names[0]} on this machine: see .ci/run")
    return found


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.usefixtures("pango")
def test_qpdf_opens_a_pdf_with_the_passphrase_alone(tmp_path: Path) -> None:
    file = tmp_path / "list.pdf"
    file.write_bytes(paper.draw(ROWS, MARKING, PASSPHRASE))
    opened = run(program("qpdf"), f"--password={PASSPHRASE}", "--check", "--show-encryption", file)
    assert opened.returncode == 0, opened.stderr
    assert "AESv3" in opened.stdout
    for wrong in ("", "another"):
        assert "invalid password" in run(program("qpdf"), f"--password={wrong}", "--check", file).stderr


def test_7_zip_finds_the_encrypted_package_and_an_intact_workbook_in_it(tmp_path: Path) -> None:
    sealed, plain = tmp_path / "list.xlsx", tmp_path / "plain.zip"
    sealed.write_bytes(workbook.draw(ROWS, MARKING, PASSPHRASE))
    listed = run(program("7z", "7za"), "l", sealed)
    assert listed.returncode == 0, listed.stderr
    assert "EncryptedPackage" in listed.stdout
    assert "EncryptionInfo" in listed.stdout
    assert "sheet1.xml" not in listed.stdout
    with decrypted(sealed.read_bytes()) as book:
        plain.write_bytes(book.fp.getvalue())  # type: ignore[union-attr]
    tested = run(program("7z", "7za"), "t", plain)
    assert (tested.returncode, "Everything is Ok" in tested.stdout) == (0, True), tested.stdout
