"""People: one person, one account (A18)."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower

from sharing.dates import covers
from sharing.ledger import ledger


def let_in(day: date, person: str = "") -> Q:
    """A filter for people who can reach what they hold: the account is in use and the protocol is accepted (R19). The
    database decides by portal_asker, which also knows whom a sanction shuts out. They stay in here, because leaving
    them out would reveal the sanction (R41).

    `person`: the prefix from the rows being filtered to the person, as in "user__".
    """
    return Q(**{f"{person}is_active": True, f"{person}protocol_accepted_until__gte": day})


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, name: str, password: str | None = None, **extra: Any) -> "Person":
        person = self.model(email=email.strip().lower(), name=name.strip(), **extra)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def known_or_new(self, email: str, name: str) -> "Person":
        """The account with this address, or a new one of that name that nobody can sign in to yet. It is safe if two
        people add them at once."""
        address = email.strip().lower()
        return self.all_known_or_new({address: name})[address]

    def all_known_or_new(self, names: Mapping[str, str]) -> dict[str, "Person"]:
        """The same for many people at once, by address in lower case."""
        missing = names.keys() - {person.email.lower() for person in self.of_addresses(names)}
        self.bulk_create(
            [self.model(email=each, name=names[each].strip(), password=make_password(None)) for each in missing],
            ignore_conflicts=True,
        )
        return {person.email.lower(): person for person in self.of_addresses(names)}

    def create_superuser(self, email: str, name: str, password: str | None = None) -> "Person":
        """Create an account that runs the service. It opens no data at all (A17), and it is in the ledger."""
        with transaction.atomic():
            person = self.create_user(email, name, password, is_superuser=True)
            about = {"person": person.pk}
            ledger.changed(action="create_superuser", about=about)
        return person

    def of_address(self, address: str) -> models.QuerySet["Person"]:
        """People with this address, however it is capitalised. It uses the index that keeps addresses unique."""
        return self.of_addresses([address.strip().lower()])

    def of_addresses(self, addresses: Collection[str]) -> models.QuerySet["Person"]:
        """The same for several addresses, given in lower case."""
        return self.alias(address=Lower("email")).filter(address__in=addresses)

    def get_by_natural_key(self, email: str | None) -> "Person":
        return self.of_address(email or "").get()


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody who can sign in. Register lines and duties say what the person may see; nothing here does."""

    email = models.EmailField("email address", max_length=254, unique=True)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    protocol_accepted_until = models.DateField(
        null=True, help_text="The last day on which the acceptance of the current protocol text holds (R19)."
    )
    suspended_until = models.DateField(
        null=True, help_text="The last day of a sanction (R41). Kept by the database from the sanctions that stand."
    )
    joined_at = models.DateTimeField(auto_now_add=True)

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_account_for_each_address"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_account(self) -> bool:
        """Whether the person can sign in, or already has. Anybody else has to be invited first."""
        return self.has_usable_password() or self.last_login is not None

    def is_suspended_on(self, day: date) -> bool:
        """Whether a sanction shuts the person out on that day (R41). It lifts by itself the day after its last day."""
        return self.suspended_until is not None and self.suspended_until >= day

    def is_officer_on(self, day: date) -> bool:
        """Whether the person is an officer of the Education Department on that day (R38, A1)."""
        return self.appointments.filter(covers(day), awaits_second=False).exists()

    def may_work_remotely_on(self, day: date) -> bool:
        """Whether the person is an officer that day, with a remote authorisation for it that has not ended (R39)."""
        return (
            self.appointments.filter(covers(day), awaits_second=False)
            .filter(
                remote_authorisations__ended_at=None,
                remote_authorisations__starts_on__lte=day,
                remote_authorisations__ends_on__gte=day,
            )
            .exists()
        )
