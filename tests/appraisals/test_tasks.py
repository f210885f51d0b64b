import pytest

from appraisals.models import Appraisal
from appraisals.tasks import follow_line_managers_of_record
from tests.factories.appraisals import appraise, change_line_manager
from tests.factories.clock import NOW

pytestmark = pytest.mark.django_db


def test_the_task_hands_over_in_every_organisation(clock):
    clock(NOW)
    appraisals = [appraise() for _ in range(2)]
    successors = [change_line_manager(appraisal) for appraisal in appraisals]

    assert follow_line_managers_of_record() == 2

    holders = Appraisal.objects.order_by("pk").values_list("appraiser_id", flat=True)
    assert list(holders) == [one.pk for one in successors]


def test_the_task_is_on_the_schedule(settings):
    tasks = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert follow_line_managers_of_record.name in tasks
