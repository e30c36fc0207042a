"""One release that holds, published once for all tests, and the same pupils published in other ways."""

import random

import pytest

from sharing.attacker.released import read_release
from sharing.attacker.rule import Rule
from sharing.attacker.system import Structure, build
from tests.attacker.publishers import trusted
from tests.attacker.worlds import small_world


@pytest.fixture(scope="session")
def release():
    return trusted(small_world(), 2_000, random.Random(1), moves=1_500)


@pytest.fixture(scope="session")
def life(release):
    """Pupils as they come, not drawn to fit a release: for the publishers that round or hide true counts."""
    pupils = release.world.pupils(2_000, random.Random(2))
    return release.world, release.world.count(pupils)


@pytest.fixture
def published(release, tmp_path):
    release.world.write(tmp_path / "holds", release.texts(), percents=release.percents)
    return tmp_path / "holds"


@pytest.fixture(scope="session")
def system_of():
    def made(folder, rule=None):
        released = read_release(folder)
        structure = Structure(released)
        return build(released, rule or Rule(), structure), structure

    return made
