"""The OpenAPI document: valid, complete, kept in the repository, and readable as a page."""

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from playwright.sync_api import expect

from accounts.authentication import SCOPES
from tests.api.endpoints import METHODS, operations

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "docs/api/openapi.yaml"
WRITE = ["manage.py", "spectacular", "--validate", "--fail-on-warn", "--file"]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The document as the command of the failure message below would write it."""
    target = tmp_path_factory.mktemp("schema") / "openapi.yaml"
    answer = subprocess.run(
        [sys.executable, *WRITE, str(target)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, f"The document is wrong:\n{answer.stderr}"
    return target.read_text()


@pytest.fixture
def document(written):
    return yaml.safe_load(written)


def operations_of(document):
    return {
        (method, re.sub(r"{\w+}", "{}", path)): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def test_the_document_of_the_repository_is_the_one_of_the_code(written):
    command = f"python {' '.join(WRITE)} {KEPT.relative_to(ROOT)}"

    assert KEPT.read_text() == written, f"The API has changed. Type: {command}"


def test_the_document_covers_exactly_the_endpoints_there_are(document):
    documented = set(operations_of(document))

    assert documented == {(operation.method, operation.path) for operation in operations()}


def test_every_operation_says_which_scope_it_needs_and_every_scope_is_used(document):
    documented = operations_of(document)

    said = {
        (operation.method, operation.path): documented[operation.method, operation.path]["security"]
        for operation in operations()
    }

    assert said == {
        (operation.method, operation.path): [
            {"clientCredentials": [operation.scope]},
            {"cookieAuth": []},
        ]
        for operation in operations()
    }
    assert {operation.scope for operation in operations()} == set(SCOPES)


def test_every_operation_is_named_once_and_described(document):
    documented = operations_of(document).values()

    names = [operation["operationId"] for operation in documented]
    undescribed = [
        operation["operationId"]
        for operation in documented
        if not operation.get("description") or "``" in operation["description"]
    ]

    assert len(names) == len(set(names))
    assert undescribed == []


def test_no_name_in_the_document_was_made_up_to_avoid_another(document):
    made_up = [name for name in document["components"]["schemas"] if re.search(r"[A-F0-9]\d", name)]

    assert made_up == []


def test_the_page_reads_the_document_and_loads_nothing_from_elsewhere(live_site):
    page = live_site.page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(f"{live_site.url}/api/docs/")

    expect(page.locator(".opblock")).to_have_count(len(operations()))
    expect(page.get_by_text("Waymark API", exact=False).first).to_be_visible()
    ours = urlsplit(live_site.url).netloc
    assert {urlsplit(url).netloc for url in asked if not url.startswith("data:")} == {ours}
    assert page.complaints == []
