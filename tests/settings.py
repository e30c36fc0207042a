"""The portal's settings, in test mode."""

import os

os.environ["PORTAL_MODE"] = "test"
os.environ.setdefault("EDUNET_NETWORKS", "10.20.0.0/16")

from portal.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
