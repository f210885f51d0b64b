import hashlib
import json
import re
from importlib.metadata import version
from pathlib import Path

import pytest

VENDOR = Path(__file__).resolve().parents[2] / "static" / "vendor"
MANIFEST = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MANIFEST["sha256"])
def test_vendored_file_is_what_the_manifest_says(path):
    assert hashlib.sha256((VENDOR / path).read_bytes()).hexdigest() == MANIFEST["sha256"][path]


def test_nothing_lies_beside_the_manifest_unlisted():
    present = {
        path.relative_to(VENDOR).as_posix()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }

    assert present == set(MANIFEST["sha256"])


def test_macros_and_style_sheet_are_the_pair_that_was_released_together():
    style = (VENDOR / "nhsuk/10.6.1/nhsuk-frontend.min.css").read_text(encoding="utf-8")

    assert '--nhsuk-frontend-version:"10.6.1"' in style
    assert MANIFEST["versions"]["nhsuk-frontend"] == "10.6.1"
    assert MANIFEST["versions"]["nhsuk-frontend-jinja"] == version("nhsuk-frontend-jinja")


@pytest.mark.parametrize("path", [p for p in MANIFEST["sha256"] if p.endswith((".css", ".js"))])
def test_nothing_calls_out_or_looks_for_maps(path):
    text = (VENDOR / path).read_text(encoding="utf-8")

    assert "sourceMappingURL" not in text
    assert "assets.nhs.uk" not in text
    assert "Frutiger" not in text


def test_every_image_the_style_sheet_names_is_there():
    folder = VENDOR / "nhsuk" / "10.6.1"
    style = (folder / "nhsuk-frontend.min.css").read_text(encoding="utf-8")
    named = set(re.findall(r"url\(([^)]+)\)", style))

    assert len(named) == 4
    assert {name for name in named if not (folder / name).is_file()} == set()


def test_no_marks_of_the_nhs_are_kept():
    names = {path.name for path in VENDOR.rglob("*")}

    assert not any(name.startswith(("favicon", "nhsuk-icon-1", "nhsuk-icon-5")) for name in names)
    assert "nhsuk-icon-mask.svg" not in names
