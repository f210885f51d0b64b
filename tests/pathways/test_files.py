"""Every file of the corpus: refused with a sentence, or kept as nothing but bytes to save."""

import tracemalloc
import zipfile
from io import BytesIO

import pytest

from common.errors import Conflict
from pathways.services.files import MOST_NAME, recognise, safe_name
from tests.factories.files import KEPT, office
from tests.pathways.hostile_files import HARMLESS, REFUSED, true_bomb

SAFE_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
}


def named(case):
    why, name, _content = case
    return f"{why}: {name[:40]!a}"


def test_the_corpus_is_large_enough():
    assert len(REFUSED) + len(HARMLESS) >= 150


@pytest.mark.parametrize("case", REFUSED, ids=named)
def test_a_hostile_file_is_refused_with_a_sentence(case):
    _why, name, content = case

    with pytest.raises(Conflict) as refusal:
        recognise(BytesIO(content), name=name)

    assert refusal.value.message.endswith(".")
    assert refusal.value.code in {
        "file_kind_not_kept",
        "file_is_something_else",
        "file_empty",
        "file_too_large",
    }


@pytest.mark.parametrize("case", HARMLESS, ids=named)
def test_what_is_kept_has_the_type_of_what_is_in_it_and_a_name_that_leads_nowhere(case):
    _why, name, content = case
    sent = BytesIO(content)

    found = recognise(sent, name=name)

    end = found.name.rsplit(".", 1)[1].lower()
    assert (found.content_type, found.size) == (SAFE_TYPES[end], len(content))
    assert 0 < len(found.name) <= MOST_NAME
    assert not set(found.name) & set("/\\\x00\r\n\u202e\u200b\ufeff")
    assert found.name.isprintable()
    assert sent.read() == content


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../a b.pdf", "a b.pdf"),
        ("C:\\tmp\\a.pdf", "a.pdf"),
        ("a\u202efdp.pdf", "afdp.pdf"),
        ("  a\t b .pdf ", "a b.pdf"),
        ("x" * 300 + ".docx", "x" * (MOST_NAME - 5) + ".docx"),
        (".pdf", "pdf"),
        ("a." + "p" * 300, ""),
        ("", ""),
    ],
)
def test_names_are_made_safe_and_keep_their_end(name, safe):
    assert safe_name(name) == safe


def test_a_bomb_costs_no_memory():
    content = BytesIO(true_bomb("docx"))
    tracemalloc.start()

    with pytest.raises(Conflict):
        recognise(content, name="letter.docx")

    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5 * 1024 * 1024


def test_of_each_part_only_the_beginning_is_read(monkeypatch):
    """A part that hides a gigabyte behind an honest number is not unpacked to find it."""
    asked = []
    real = zipfile.ZipExtFile.read

    def counting(self, n=-1):
        asked.append(n)
        return real(self, n)

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counting)

    recognise(BytesIO(office("docx")), name="letter.docx")

    assert asked
    assert all(0 < n <= 512 * 1024 for n in asked)


def test_every_kind_that_is_offered_is_in_the_corpus():
    assert {name.rsplit(".", 1)[1].lower() for name in KEPT} == set(SAFE_TYPES)
