"""Groups of pupils that a school makes for itself and follows (R1, R12)."""

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from sharing.authorise.grants import Withheld
from sharing.fields import EncryptedTextField
from sharing.models.establishments import Establishment


class OwnGroupQuerySet(models.QuerySet["OwnGroup"]):
    def of(self, establishment_id: int) -> "OwnGroupQuerySet":
        return self.filter(establishment_id=establishment_id)

    def telling_nothing_of(self, withheld: Iterable[str]) -> "OwnGroupQuerySet":
        """Without the groups that would give away a kind of data that is withheld (R35)."""
        return self.exclude(tells__overlap=list(withheld))

    def made_by(self, person_id: int) -> "OwnGroupQuerySet":
        return self.filter(made_by_id=person_id)

    def in_use(self) -> "OwnGroupQuerySet":
        """Those that have not been put away."""
        return self.filter(archived_at=None)


class OwnGroup(models.Model):
    """A named set of an establishment's pupils: by criteria, worked out again each day, or chosen by hand.

    The name may name a child, so it is kept encrypted and appears in no title and no address. `criteria`: dimension ->
    codes of sharing.measures.grouping. `tells`: the kinds of data that being in the group gives away about a child.
    """

    class Kind(models.TextChoices):
        BY_CRITERIA = "criteria", "By criteria"
        BY_HAND = "hand", "By hand"

    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    name = EncryptedTextField()
    name_index = models.CharField(max_length=64)
    criteria = models.JSONField(default=dict, db_default={})
    tells = ArrayField(models.CharField(max_length=20, choices=Withheld), default=list, db_default=[])
    made_at = models.DateTimeField(auto_now_add=True)
    made_by_id = models.BigIntegerField()
    made_by_name = models.CharField(max_length=200)
    archived_at = models.DateTimeField(null=True)

    objects = OwnGroupQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "establishment"], name="own_group_with_its_establishment"),
            models.UniqueConstraint(
                fields=["establishment", "made_by_id", "name_index"],
                condition=Q(archived_at=None),
                name="one_own_group_of_each_name",
            ),
        ]

    def __str__(self) -> str:
        return f"Own group {self.pk}"


class OwnGroupMember(models.Model):
    """A pupil in a group made by hand. A pupil who has left stays in it, but is no longer seen (R5)."""

    group = models.ForeignKey(OwnGroup, on_delete=models.PROTECT, related_name="members")
    pupil = models.ForeignKey("sharing.Pupil", on_delete=models.PROTECT, related_name="+")
    establishment = models.ForeignKey(Establishment, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "pupil"], name="once_in_an_own_group")]

    def __str__(self) -> str:
        return f"Member {self.pk} of own group {self.group_id}"
