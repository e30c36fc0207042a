"""What each level of the Access Register opens (P14, R33). The data-protection officer signs this page."""

from django.db import models

from sharing.authorise import Permission


class Level(models.IntegerChoices):
    ONE = 1, "Level 1"
    TWO = 2, "Level 2"
    THREE = 3, "Level 3"


PERMISSIONS_OF_LEVEL: dict[Level, frozenset[Permission]] = {
    Level.ONE: frozenset(
        {
            Permission.VIEW_ESTABLISHMENT,
            Permission.VIEW_PUPILS,
            Permission.VIEW_STAFF,
            Permission.MANAGE_REGISTER,
            Permission.KEEP_RECORDS,
        }
    ),
    Level.TWO: frozenset({Permission.VIEW_ESTABLISHMENT, Permission.VIEW_PUPILS}),
    Level.THREE: frozenset({Permission.VIEW_ESTABLISHMENT}),
}
