"""Who listens to a signal is connected in each process: also in the worker, which loads no page."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = ("sharing", "access_register", "schools_online", "edunet", "portal")


def test_each_receiver_is_connected() -> None:
    """R36: a module that `ready` does not import says nothing on the home page, and nothing fails."""
    files = [path for app in OURS for path in (ROOT / app).rglob("*.py") if "\n@receiver(" in path.read_text()]
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files}
    modules -= {name for name in modules if name.endswith("views")}  # of what their own pages do
    assert len(modules) > 20
    code = "import django, sys; django.setup(); print(*sys.modules)"
    settings = {"DJANGO_SETTINGS_MODULE": "portal.settings", "PORTAL_MODE": "test"}
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, check=True
    )
    missing = sorted(modules - set(ran.stdout.split()))
    assert not missing, f"{missing}: into `ready` of the folder's apps.py."
