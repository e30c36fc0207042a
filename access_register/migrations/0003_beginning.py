"""Django's cache in the database, and the protocol's first text (P1)."""

import tomllib
from pathlib import Path
from typing import Any

from django.db import migrations

# Limits on tries, and codes that were used.
CACHE = """
CREATE TABLE portal_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX portal_cache_expires ON portal_cache (expires);
"""
FIRST_TEXT = Path(__file__).parent.parent / "protocol_texts" / "2012.toml"


def first_text(apps: Any, schema_editor: Any) -> None:
    apps.get_model("access_register", "ProtocolVersion").objects.create(**tomllib.loads(FIRST_TEXT.read_text()))


class Migration(migrations.Migration):
    dependencies = [("access_register", "0002_register")]

    operations = [
        migrations.RunSQL(CACHE),
        migrations.RunPython(first_text),
    ]
