import pytest

from scripts.run_tests import SECOND, other_database
from tests.config.running import ROOT


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/1"),
        ("redis://127.0.0.1:6379", "redis://127.0.0.1:6379/1"),
        ("unix:///run/redis.sock?db=0", "unix:///run/redis.sock?db=1"),
        ("unix:///run/redis.sock", "unix:///run/redis.sock?db=1"),
    ],
)
def test_the_second_part_has_a_redis_database_of_its_own(url, other):
    assert other_database(url) == other


def test_the_second_part_names_folders_that_are_there():
    assert [folder for folder in SECOND if not (ROOT / folder).is_dir()] == []
