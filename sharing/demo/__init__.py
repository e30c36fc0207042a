"""The demonstration's shared data: invented Localities, establishments, pupils and staff."""

from sharing.demo.seeding import DemoEstablishments, seed

__all__ = ["DemoEstablishments", "seed"]
