import ast

import pytest

from tests.architecture.scoped_reads import unscoped_reads
from tests.architecture.source import modules, name_of, tree

EDGE = ("views", "api", "forms", "admin", "tasks", "templatetags")


def test_rows_are_read_at_the_edge_through_visible_to_only():
    found = [
        f"{name_of(path)}:{read}" for path in modules(*EDGE) for read in unscoped_reads(tree(path))
    ]

    assert found == []


@pytest.mark.parametrize(
    "sample",
    [
        "Session.objects.all()",
        "Session.objects.get(pk=pk)",
        "courses.models.Session.objects.filter(pk=pk)",
        "rows = Session.objects",
        "Session._default_manager.get(pk=pk)",
        "get_object_or_404(Session, pk=pk)",
        "shortcuts.get_object_or_404(models.Session, pk=pk)",
        "get_object_or_404(Session.objects.filter(open=True), pk=pk)",
        "class PickForm(Form):\n    session = ModelChoiceField(queryset=Session.objects.none())",
    ],
)
def test_an_unscoped_read_is_found(sample):
    assert len(list(unscoped_reads(ast.parse(sample)))) == 1


@pytest.mark.parametrize(
    "sample",
    [
        "Session.objects.visible_to(request.user, on=today).filter(open=True)",
        "get_object_or_404(Session.objects.visible_to(request.user, on=today), pk=pk)",
        "get_object_or_404(sessions, pk=pk)",
        "session.enrolments.all()",
    ],
)
def test_a_scoped_read_is_left_alone(sample):
    assert list(unscoped_reads(ast.parse(sample))) == []
