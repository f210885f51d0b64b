"""JSON as it may come in: bounded in size and depth, every name once, text that can be kept."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any, NoReturn

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import BaseParser

from common.text import unstorable

MAX_BYTES = 1_000_000
MAX_DEPTH = 64

# A whole string, so that brackets inside one do not count, or a bracket.
_STRING_OR_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]')


class ProblemSafeJSONParser(BaseParser):
    """Refuses with 400 whatever Python, PostgreSQL or the next reader would stumble over."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = stream.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise ParseError(
                _("The body is larger than %(limit)d bytes. Send less at a time.")
                % {"limit": MAX_BYTES},
                code="body_too_large",
            )
        _refuse_depth(body)
        parsed = _parsed(body)
        _refuse_unstorable(parsed)
        return parsed


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_each_name_once,
            parse_constant=_refuse_constant,
            parse_float=_finite_number,
        )
    except UnicodeDecodeError:
        raise ParseError(_("The body is not UTF-8."), code="not_utf8") from None
    except json.JSONDecodeError as mistake:
        raise ParseError(
            _("The body is not JSON: see line %(line)d, column %(column)d.")
            % {"line": mistake.lineno, "column": mistake.colno},
            code="not_json",
        ) from None
    except ValueError:
        # Python refuses to read whole numbers of thousands of digits.
        raise ParseError(_("A number in the body is too long."), code="number_too_long") from None


def _refuse_depth(body: bytes) -> None:
    if is_deeper(body, MAX_DEPTH):
        raise ParseError(
            _("The body is nested deeper than %(limit)d levels.") % {"limit": MAX_DEPTH},
            code="too_deep",
        )


def is_deeper(body: bytes, limit: int) -> bool:
    """Count brackets before parsing: the parser would recurse once for each."""
    depth = 0
    for found in _STRING_OR_BRACKET.finditer(body):
        token = found.group()
        if token in b"[{":
            depth += 1
            if depth > limit:
                return True
        elif token in b"]}":
            depth -= 1
    return False


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in members if names.count(name) > 1)
        raise ParseError(
            _("The name “%(name)s” is there twice in one object.")
            % {"name": twice.encode("utf-8", "replace").decode()},
            code="duplicate_name",
        )
    return members


def _refuse_constant(word: str) -> NoReturn:
    raise ParseError(_("%(word)s is not JSON.") % {"word": word}, code="not_json")


def _finite_number(digits: str) -> float:
    number = finite(digits)
    if number is None:
        raise ParseError(_("A number in the body is too large."), code="number_too_large")
    return number


def finite(digits: str) -> float | None:
    """The number, or None where it is too large to be one: no database keeps an infinity."""
    number = float(digits)
    return None if math.isinf(number) else number


def _refuse_unstorable(parsed: Any) -> None:
    """Name every field whose text holds a NUL or half of a surrogate pair."""
    wrong = list(_unstorable_paths(parsed, ""))
    if wrong:
        sentence = _("The text contains a character that cannot be kept (NUL or a lone surrogate).")
        raise ValidationError(dict.fromkeys(wrong, sentence), code="unstorable")


def _unstorable_paths(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, str) and unstorable(value):
        yield path
    elif isinstance(value, dict):
        for name, member in value.items():
            readable = name.encode("utf-8", "replace").decode().replace("\x00", "?")
            if unstorable(name):
                yield f"{path}.{readable}".lstrip(".")
            else:
                yield from _unstorable_paths(member, f"{path}.{readable}".lstrip("."))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _unstorable_paths(member, f"{path}.{index}".lstrip("."))
