"""How many things one sees at a level are written, on the page as by a program."""

import pytest
from django.urls import reverse

from common.errors import Conflict
from pathways.models import Competency, FrameworkVersion
from pathways.services.items import LevelText, describe_levels
from tests.factories.authoring import author_at, written
from tests.factories.clock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return written(1)


@pytest.fixture
def author(draft):
    return author_at(draft.framework.owner)


@pytest.fixture
def low(draft):
    return draft.scale.levels.get(rank=1)


@pytest.mark.parametrize(("count", "status"), [(50, 302), (51, 422)])
def test_a_level_takes_as_many_lines_on_the_page_as_by_program(
    client, author, draft, low, count, status
):
    row = Competency.objects.get(version=draft, code="A.1")
    told = tuple(f"{number} " + "x" * 900 for number in range(count))
    client.force_login(author)
    sent = {"revision": "0", f"text_{low.pk}": "Plans.", f"indicators_{low.pk}": "\r\n".join(told)}

    response = client.post(reverse("pathways:levels_edit", args=[row.pk]), sent)

    assert response.status_code == status
    assert ("Enter at most 50 lines" in response.content.decode()) == (status == 422)
    assert row.descriptors.exists() == (status == 302)


def test_no_more_lines_are_written_than_a_level_takes_but_those_of_a_file_stay(author, draft, low):
    row = Competency.objects.get(version=draft, code="A.1")

    def write(count):
        told = {low.pk: LevelText("Plans.", tuple(str(number) for number in range(count)))}
        revision = FrameworkVersion.objects.get(pk=draft.pk).revision
        describe_levels(competency=row, levels=told, revision=revision, by=author, now=NOW)

    with pytest.raises(Conflict) as refusal:
        write(51)
    assert refusal.value.code == "too_many_indicators"

    write(50)
    level = row.descriptors.get()
    for number in range(50, 60):
        level.indicators.create(text=str(number), position=number + 1)
    write(60)
    with pytest.raises(Conflict):
        write(61)
    assert level.indicators.count() == 60
