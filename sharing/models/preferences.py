"""What a person has chosen about pages, whichever computer they use."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from sharing.models.establishments import Establishment


class PupilListColumns(models.Model):
    """The columns that a person wants in the list of pupils. Without a row, the usual ones."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    columns = ArrayField(models.CharField(max_length=20))

    def __str__(self) -> str:
        return f"Columns of person {self.pk}"


class OwnList(models.Model):
    """The class or year group that a person works with each day at an establishment, for their home page."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    establishment = models.ForeignKey(Establishment, on_delete=models.CASCADE, related_name="+")
    year_group = models.CharField(max_length=2, blank=True, default="")
    class_name = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "establishment"], name="one_own_list_each")]

    def __str__(self) -> str:
        return f"List {self.pk}"
