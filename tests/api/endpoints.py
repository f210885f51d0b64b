"""Every endpoint of the API, read from the addresses themselves so that none can be forgotten."""

import re
from dataclasses import dataclass

from config.urls import endpoints

PREFIX = "/api/v1/"
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, order=True)
class Operation:
    """One method of one address. ``path`` has ``{}`` wherever a number belongs."""

    name: str
    method: str
    path: str
    view: type

    @property
    def writes(self) -> bool:
        return self.method != "get"

    @property
    def is_about_one(self) -> bool:
        return "{}" in self.path

    @property
    def is_list(self) -> bool:
        return not self.writes and self.view.pagination_class is not None

    @property
    def scope(self) -> str:
        return self.view.required_scopes[self.method.upper()]

    def at(self, pk: object = 1) -> str:
        return self.path.replace("{}", str(pk))

    def __str__(self) -> str:
        return f"{self.method} {self.name}"


def operations() -> list[Operation]:
    return [
        Operation(
            name=pattern.name,
            method=method,
            path=PREFIX + re.sub(r"<[^>]+>", "{}", str(pattern.pattern)),
            view=pattern.callback.view_class,
        )
        for pattern in endpoints
        for method in METHODS
        if hasattr(pattern.callback.view_class, method)
    ]
