"""The portal's settings in test mode, on a PostgreSQL of its own unless DATABASE_URL names another.

The tests' server is in memory; benchmarks measure one on a disk, like a council's.
"""

import os

os.environ["PORTAL_MODE"] = "test"
os.environ["EDUNET_NETWORKS"] = "10.20.0.0/16,fd00:20::/48"
os.environ["CITRIX_GATEWAYS"] = "10.30.0.1,fd00:30::/64"
os.environ["COUNCIL_EMAIL_DOMAINS"] = "council.example"
os.environ["TRUSTED_PROXIES"] = "192.0.2.10"
if "DATABASE_URL" not in os.environ:
    from portal import embedded
    from tests import in_memory

    os.environ["DATABASE_URL"] = in_memory.start() if "PYTEST_VERSION" in os.environ else embedded.start()

from portal.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
