"""What hostile or broken clients send, made from a good request."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, encode_multipart

from tests.factories.imports import sent_file

TOO_MUCH = "x" * 10_000_000

# For every kind of field at once; ``None`` stands for null.
WRONG_VALUES: list[Any] = [
    None,
    [],
    {},
    [1],
    {"a": 1},
    True,
    -1,
    0,
    1.5,
    2**63,
    10**400,
    "x" * 30_000,
]
# Branches of a tree, of which there may be none.
MAY_BE_EMPTY = {"groups", "conditions"}
WRONG_TEXTS = ["\x00", "a\x00b", "\ud800", "\udfff then", "a" * 30_000]

CURSORS = [
    "abc",
    "\x00",
    "9" * 4_000,
    signing.dumps({"after": {"pk": 1}}),
    signing.dumps({"after": {"pk": 1}}, salt="another"),
    *(
        signing.dumps(held, salt="common.api.cursor")
        for held in ([], {}, {"after": []}, {"after": {"pk": "x", "id": "x", "starts_at": 5}})
    ),
]
PAGE_SIZES = ["", "0", "-1", "1.5", "abc", "201", "9" * 400, "\x00", "\u0661"]
PARAMETERS = ["", "\x00", "-1", "0", "9" * 400, "[]", "{}", "\ud7ff", "' OR 1=1 --", "0000-00-00"]


def wrong_bodies(good: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Yield (what it is, bytes): each is one mistake in an otherwise good body."""
    yield from _not_objects()
    yield "an unknown field", _json({**good, "unknown": 1})
    yield "an unknown field with a name of NUL", _json({**good, "\x00": 1})
    yield "a name of half a pair", _json({**good, "\ud800": 1})
    for name in good:
        yield f"{name} deep", _with_raw(good, name, "[" * 200_000 + "]" * 200_000)
        yield f"{name} of ten megabytes", _json({**good, name: TOO_MUCH})
        yield f"{name} twice", _json(good)[:-1] + f", {json.dumps(name)}: 1}}".encode()
        yield f"{name} Infinity", _with_raw(good, name, "Infinity")
        yield f"{name} NaN", _with_raw(good, name, "NaN")
        for value in (*WRONG_VALUES, *WRONG_TEXTS):
            if not _is_right(good[name], value) and not (value == [] and name in MAY_BE_EMPTY):
                yield f"{name} = {value!r:.60}", _json({**good, name: value})
        if isinstance(good[name], list) and isinstance(good[name][0], Mapping):
            for what, row in wrong_bodies(good[name][0]):
                yield f"{name}.0: {what}", _json({**good, name: ["@@"]}).replace(b'"@@"', row)


def with_value(good: Any, path: str, value: Any) -> Any:
    """``good`` with ``value`` at ``path``: ``levels.0.rank`` is a field of the first level."""
    name, _dot, rest = path.partition(".")
    if isinstance(good, list):
        place = int(name)
        return [*good[:place], with_value(good[place], rest, value), *good[place + 1 :]]
    return {**good, name: with_value(good[name], rest, value) if rest else value}


def _is_right(example: Any, value: Any) -> bool:
    """A number above nought may name a row, as may one in a list; a list of texts may be empty;
    what a good body has is right, be it null or nought; nothing else of these is, anywhere."""
    if example is None:
        return value is None
    if isinstance(example, list) and not isinstance(example[0], Mapping):
        return value == ([] if isinstance(example[0], str) else [1])
    if type(example) is not type(value) or not isinstance(value, int):
        return False
    return value == example or 0 < value < 2**63


def _not_objects() -> Iterator[tuple[str, bytes]]:
    yield "200,000 brackets", b"[" * 200_000
    yield "200,000 closed brackets", b"[" * 200_000 + b"]" * 200_000
    yield "200,000 braces", b'{"a":' * 200_000
    yield "ten megabytes", json.dumps(TOO_MUCH).encode()
    yield "half an object", b'{"a": '
    yield "no JSON", b"hello"
    yield "not UTF-8", b"\xff\xfe\x00"
    for whole in ("null", "[]", "5", '"text"', "true", "[{}]"):
        yield f"{whole} for the whole", whole.encode()


def _json(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body).encode()


def _with_raw(good: Mapping[str, Any], name: str, raw: str) -> bytes:
    marked = json.dumps({**good, name: "@@"})
    return marked.replace('"@@"', raw).encode()


def wrong_forms() -> Iterator[tuple[str, bytes]]:
    """Forms with one file, ``file``, each with one mistake."""
    file = sent_file()
    empty = SimpleUploadedFile("a.csv", b"", "text/csv")
    yield "a text for a file", encode_multipart(BOUNDARY, {"file": "a"})
    yield "an empty file", encode_multipart(BOUNDARY, {"file": empty})
    yield "another name", encode_multipart(BOUNDARY, {"document": file})
    yield "two files", encode_multipart(BOUNDARY, {"file": [file, file]})
    yield "a further field", encode_multipart(BOUNDARY, {"file": file, "state": "APPLIED"})
    yield "a further file", encode_multipart(BOUNDARY, {"file": file, "other": empty})
    whole = encode_multipart(BOUNDARY, {"file": file})
    yield "half a form", whole[: len(whole) // 4]
    yield "no form", b"hello"
    yield "JSON", b'{"file": "a"}'
    fields = {f"name{number}": "a" for number in range(2_000)}
    yield "two thousand fields", encode_multipart(BOUNDARY, fields)


WRONG_TYPES = [
    "text/plain",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/octet-stream",
    "nonsense",
]
WRONG_TYPES_FOR_FORMS = [kind for kind in WRONG_TYPES if not kind.startswith("multipart/")]
