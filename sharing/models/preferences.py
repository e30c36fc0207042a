"""What a person has chosen about pages, whichever machine they sit at."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class PupilListColumns(models.Model):
    """The columns that a person wants in the list of pupils. Without a row: the usual ones."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    columns = ArrayField(models.CharField(max_length=20))

    def __str__(self) -> str:
        return f"Columns of person {self.pk}"
