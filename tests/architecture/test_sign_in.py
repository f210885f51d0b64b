"""Nobody is signed in but by the sign-in library, and in a demonstration by one click: support
staff never act as somebody else."""

import ast

import pytest

from tests.architecture.source import modules, name_of

SIGNS_IN = {"login", "alogin", "force_login", "perform_login", "resume_login"}
MAY_SIGN_IN = {
    "config/demo/views.py": "the invented people of a demonstration",
    "accounts/views/organisation_sign_in.py": "hands whom an organisation vouches for to allauth",
}


def sign_ins(module):
    """Lines that make somebody signed in: there is no acting as somebody else."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func
            name = called if isinstance(called, str) else getattr(called, "id", "")
            if name in SIGNS_IN:
                yield node.lineno
        is_written = isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
        if is_written and getattr(node.slice, "value", None) == "_auth_user_id":
            yield node.lineno


def test_nobody_is_signed_in_by_code_of_ours():
    found = {
        name_of(path)
        for path in modules()
        if "migrations" not in path.parts and any(sign_ins(ast.parse(path.read_text())))
    }

    assert found == set(MAY_SIGN_IN)


@pytest.mark.parametrize(
    "sample",
    [
        "auth.login(request, person)",
        "login(request, person, backend=backend)",
        "await alogin(request, person)",
        "flows.login.perform_login(request, login)",
        "request.session['_auth_user_id'] = person.pk",
    ],
)
def test_signing_somebody_in_is_found(sample):
    assert len(list(sign_ins(ast.parse(sample)))) == 1


def test_leading_to_the_sign_in_page_is_left_alone():
    assert list(sign_ins(ast.parse("redirect_to_login(path); logout(request)"))) == []
