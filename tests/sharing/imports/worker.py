"""The worker in a process of its own, with the tests' kind of file: to be killed."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from sharing.imports.registry import KINDS  # noqa: E402
from sharing.service import work  # noqa: E402
from tests.sharing.imports.tiny import TINY  # noqa: E402

KINDS[TINY.slug] = TINY
print("at work", flush=True)
work.until_ended()
