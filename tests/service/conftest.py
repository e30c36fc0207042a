"""What tests of the service share."""

import pytest
from django.utils import timezone

from sharing.files import virus_scan


@pytest.fixture
def scanner_that_answers(settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """tests/service/test_virus_scan.py asks one."""
    settings.CLAMD_URL = "unix:///run/clamav/clamd.ctl"
    monkeypatch.setattr(virus_scan, "about", lambda: virus_scan.About("ClamAV 1.4.6", timezone.localdate()))
