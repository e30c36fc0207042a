import pytest

from sharing.statistics.invented import invented
from sharing.statistics.population import Population
from sharing.statistics.records import Release
from sharing.statistics.release import build


@pytest.fixture(scope="session")
def authority() -> Population:
    """216 schools of a third of the pupils that Bradford has: bounded, for every run of the suite."""
    return invented(size=0.33)


@pytest.fixture(scope="session")
def release(authority: Population) -> Release:
    return build(authority, coarsen=True)
