"""Refusals the service layer is allowed to raise, each worded for its reader."""


class DomainError(Exception):
    """An anticipated refusal: shown to the person, never sent to error tracking."""

    status = 400

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class Forbidden(DomainError):
    """The actor may see the thing but may not do this to it."""

    status = 403


class Conflict(DomainError):
    """The thing moved on since the page was drawn, or is in a state that does not allow this."""

    status = 409


class Stale(Conflict):
    """Somebody changed the thing first. ``current`` is what it says now, for showing beside ours.

    An endpoint that was called with ``If-Match`` answers 412 instead; see ``common.api``.
    """

    def __init__(self, message: str, *, code: str = "stale", current: object = None) -> None:
        super().__init__(message, code=code)
        self.current = current
