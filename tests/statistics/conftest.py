import pytest

from sharing.statistics.invented import invented
from sharing.statistics.population import Population
from sharing.statistics.records import Release
from sharing.statistics.release import build


def pytest_itemcollected(item: pytest.Item) -> None:
    """Those that read the release run on one worker: it takes seconds to build."""
    if "release" in getattr(item, "fixturenames", ()):
        item.add_marker(pytest.mark.xdist_group("release"))


@pytest.fixture(scope="session")
def authority() -> Population:
    """216 schools of a third of the pupils that Bradford has: bounded, for every run of the suite."""
    return invented(size=0.33)


@pytest.fixture(scope="session")
def release(authority: Population) -> Release:
    return build(authority, coarsen=True)
