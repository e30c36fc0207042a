"""The demonstration's people: who they are, and where they stand."""

from access_register.demo.cast import DEMO_PASSWORD
from access_register.demo.now import NotSeeded, cast_now
from access_register.demo.seeding import seed

__all__ = ["DEMO_PASSWORD", "NotSeeded", "cast_now", "seed"]
