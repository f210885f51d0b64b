import pytest

from tests.cache import start_afresh


@pytest.fixture(autouse=True)
def own_part_of_the_cache():
    """Nothing counted or kept by one test is found by the next, and no other keys are touched."""
    start_afresh()


@pytest.fixture(autouse=True)
def own_documents(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
