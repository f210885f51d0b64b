"""A package as it comes in: bounded, of the standard's shape, each mistake a sentence."""

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from common.api.parsing import MAX_DEPTH, finite, is_deeper
from common.text import unstorable
from pathways.selectors.case import shapes
from pathways.selectors.case.shapes import ListOf, Shape
from pathways.selectors.case.vocabulary import ASSOCIATIONS, ITEMS, VERSION, Json
from pathways.selectors.workbooks.problems import Unreadable

MEGABYTE = 1_000_000
MOST_BYTES = 20 * MEGABYTE
MOST_ITEMS = 20_000
MOST_ASSOCIATIONS = 100_000
# More would help nobody: the file is put right where it was made.
MOST_SENTENCES = 100
_WHOLE = 2**31
_URI = re.compile(r"(https?://|urn:)\S+", re.IGNORECASE)
_UUID = re.compile(shapes.UUID)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?")
_EXTENSION = re.compile(shapes.EXTENSION)


@dataclass
class Incoming:
    """``package`` is what was said, without what the standard does not have."""

    package: Json
    mistakes: list[str] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def is_package(content: bytes) -> bool:
    """Whether a file wants to be a package rather than a table: it begins as JSON does."""
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def read_package(content: bytes) -> Incoming:
    """Raises ``Unreadable`` for what is no package; names every other mistake."""
    said = _parsed(content)
    inner = said.get("CFPackage", said) if isinstance(said, dict) else None
    if not isinstance(inner, dict) or "CFDocument" not in inner:
        raise Unreadable(
            _("This is not a CASE package: there is no “CFDocument” in it. Select a CFPackage.")
        )
    _refuse_too_many(inner)
    incoming = Incoming({})
    checker = _Checker(incoming.left_out)
    incoming.package = checker.part(inner, shapes.PACKAGE, "CFPackage")
    incoming.mistakes = checker.mistakes
    if not incoming.mistakes:
        incoming.mistakes = list(_twice(incoming.package))
    return incoming


def _parsed(content: bytes) -> Any:
    if len(content) > MOST_BYTES:
        sentence = _("The package is larger than %(most)d MB. Divide it into several documents.")
        raise Unreadable(sentence % {"most": MOST_BYTES // MEGABYTE})
    if is_deeper(content, MAX_DEPTH):
        sentence = _("The package is nested deeper than %(most)d levels, which CASE never is.")
        raise Unreadable(sentence % {"most": MAX_DEPTH})
    try:
        return json.loads(
            content.decode("utf-8-sig"),
            object_pairs_hook=_each_name_once,
            parse_constant=_refuse_constant,
            parse_float=_number,
        )
    except UnicodeDecodeError:
        raise Unreadable(_("The file is not UTF-8 text. Save it as UTF-8 JSON.")) from None
    except json.JSONDecodeError as mistake:
        sentence = _("The file is not JSON: see line %(line)d, column %(column)d.")
        raise Unreadable(sentence % {"line": mistake.lineno, "column": mistake.colno}) from None
    except ValueError:
        raise Unreadable(_("A number in the file is too long. Shorten it.")) from None


def _each_name_once(pairs: list[tuple[str, Any]]) -> Json:
    members = dict(pairs)
    if len(members) < len(pairs):
        twice = next(name for name, count in Counter(n for n, _v in pairs).items() if count > 1)
        sentence = _("The name “%(name)s” is there twice in one part. Keep one.")
        raise Unreadable(sentence % {"name": twice.encode("utf-8", "replace").decode()})
    return members


def _refuse_constant(word: str) -> NoReturn:
    raise Unreadable(_("%(word)s is not JSON. Take it out.") % {"word": word})


def _number(digits: str) -> float:
    number = finite(digits)
    if number is None:
        raise Unreadable(_("A number in the file is too large. Write a smaller one."))
    return number


def _refuse_too_many(package: Mapping[str, Any]) -> None:
    for name, most in ((ITEMS, MOST_ITEMS), (ASSOCIATIONS, MOST_ASSOCIATIONS)):
        told = package.get(name)
        if isinstance(told, list) and len(told) > most:
            sentence = _("The package has %(count)d %(name)s, more than %(most)d. Divide it.")
            raise Unreadable(sentence % {"count": len(told), "name": name, "most": most})


def _twice(package: Json) -> Iterator[str]:
    """Identifiers that name two things."""
    groups = package.get("CFDefinitions", {}).get("CFAssociationGroupings", [])
    named = [
        package["CFDocument"],
        *package.get(ITEMS, []),
        *package.get(ASSOCIATIONS, []),
        *groups,
    ]
    for identifier, count in Counter(one["identifier"] for one in named).items():
        if count > 1:
            sentence = _("The identifier %(identifier)s names %(count)d things. Give each its own.")
            yield sentence % {"identifier": identifier, "count": count}


class _Checker:
    """Walks a package by its shapes, leaves out what is not theirs and notes what is wrong."""

    def __init__(self, left_out: Counter[str]) -> None:
        self.left_out = left_out
        self.mistakes: list[str] = []

    def part(self, said: Any, shape: Shape, where: str) -> Json:
        if not isinstance(said, dict):
            self._note(_("%(where)s is not an object. Write it in braces."), where)
            return {}
        told: Json = {}
        for name, value in said.items():
            kind = shape.fields.get(name)
            if kind is None:
                self.left_out[f"{shape.name}.{name}"] += 1
            elif value is not None:
                told[name] = self._member(value, kind, f"{where}, {name}")
        for name in shape.required:
            if name not in told:
                sentence = _("%(where)s has no “%(name)s”. Add it.")
                self._note(sentence, _named(where, said), name=name)
        return told

    def _member(self, value: Any, kind: "str | Shape | ListOf", where: str) -> Any:
        if isinstance(kind, Shape):
            return self.part(value, kind, where)
        if isinstance(kind, ListOf):
            return [
                self.part(one, kind.of, f"{where}, number {number}")
                for number, one in enumerate(self._list(value, where), start=1)
            ]
        is_right, sentence = _KINDS[kind]
        if not is_right(value):
            self._note(_SENTENCES[sentence](), where)
        elif any(unstorable(text) for text in _texts(value)):
            self._note(_("%(where)s has a character that cannot be stored. Type it again."), where)
        if kind in {shapes.IDENTIFIER, shapes.ANY_IDENTIFIER} and isinstance(value, str):
            return value.lower() if _UUID.match(value) else value
        return value

    def _list(self, value: Any, where: str) -> list[Any]:
        if isinstance(value, list):
            return value
        self._note(_("%(where)s is not a list. Write it in square brackets."), where)
        return []

    def _note(self, sentence: str, where: str, **told: str) -> None:
        if len(self.mistakes) < MOST_SENTENCES:
            self.mistakes.append(sentence % {"where": where, **told})


def _named(where: str, said: Mapping[str, Any]) -> str:
    identifier = said.get("identifier")
    return f"{where} ({identifier})"[:300] if isinstance(identifier, str) else where


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) == 10 and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -_WHOLE <= value < _WHOLE


def _is_number(value: Any) -> bool:
    is_one = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_one and math.isfinite(value)


def _matches(pattern: re.Pattern[str]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _one_of(words: tuple[str, ...]) -> Callable[[Any], bool]:
    extended = _matches(_EXTENSION)
    return lambda value: (
        value in words if _is_text(value) and not extended(value) else extended(value)
    )


def _is_list_of(is_right: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(map(is_right, value))


_KINDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    shapes.TEXT: (_is_text, "text"),
    shapes.LINE: (_is_text, "text"),
    shapes.URI: (_matches(_URI), "uri"),
    shapes.IDENTIFIER: (_matches(_UUID), "uuid"),
    shapes.ANY_IDENTIFIER: (_is_text, "text"),
    shapes.MOMENT: (_matches(_MOMENT), "moment"),
    shapes.DAY: (_is_day, "day"),
    shapes.WHOLE: (_is_whole, "whole"),
    shapes.NUMBER: (_is_number, "number"),
    shapes.OBJECT: (lambda value: isinstance(value, dict), "object"),
    shapes.OBJECTS: (_is_list_of(lambda value: isinstance(value, dict)), "object"),
    shapes.TEXTS: (_is_list_of(_is_text), "texts"),
    shapes.KIND_OF_TIE: (_one_of(shapes.KINDS_OF_TIE), "kind"),
    shapes.TARGET: (_one_of(("CASE",)), "kind"),
    shapes.CASE_VERSION: (lambda value: value == VERSION, "version"),
}
_SENTENCES: Mapping[str, Callable[[], str]] = {
    "text": lambda: _("%(where)s is not text. Write it in quotes."),
    "uri": lambda: _("%(where)s is not an address. Write one that begins with https://."),
    "uuid": lambda: _("%(where)s is not a UUID. Write 32 hexadecimal digits in five groups."),
    "moment": lambda: _("%(where)s is not a time. Write one like 2027-03-07T09:00:00Z."),
    "day": lambda: _("%(where)s is not a day. Write one like 2027-03-07."),
    "whole": lambda: _("%(where)s is not a whole number of the standard. Write digits alone."),
    "number": lambda: _("%(where)s is not a number. Write digits."),
    "object": lambda: _("%(where)s is not an object. Write it in braces."),
    "texts": lambda: _("%(where)s is not a list of texts. Write it in square brackets."),
    "kind": lambda: _("%(where)s is no word of the standard. Use one, or begin with “ext:”."),
    "version": lambda: _("%(where)s is not 1.1. Export the package as CASE 1.1."),
}
