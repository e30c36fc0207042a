"""A report about those who look at reports: nobody closes or judges what is said of themselves (P17, R41)."""

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.utils import timezone

from access_register import grants
from access_register.breaches import by_night, reading, steps
from access_register.models import Breach, BreachSeat, BreachStep, Person, RegisterLine
from access_register.rules import CannotChange
from sharing.authorise import Asker, NoSuchRecord
from sharing.models import Establishment, LedgerEntry, UnusualPattern
from tests.access_register.breaches import (
    BECKSIDE,
    PANEL,
    WHAT,
    against_person,
    case,
    contract_of,
    manager,
    report,
    seat,
    vote,
)
from tests.access_register.duties import second_manager
