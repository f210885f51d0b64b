"""A state machine small enough to read in one sitting, declared once.

The same table answers the service (``target``), the page (``available``, ``label``) and the
database (``fsm``, for ``pgtrigger.FSM``), so the three cannot drift apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from common.errors import Conflict


@dataclass(frozen=True, slots=True)
class Transition:
    """A named step from any of ``sources`` to ``target``; ``label`` is what its button says."""

    name: str
    sources: frozenset[str]
    target: str
    label: str | Promise


class Workflow:
    """The steps a record may take. A step that is not declared here does not exist."""

    def __init__(self, *transitions: Transition) -> None:
        self._by_name = {step.name: step for step in transitions}
        if len(self._by_name) != len(transitions):
            raise ValueError("Two transitions of a workflow have the same name.")

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._by_name)

    def target(self, name: str, *, current: str) -> str:
        """Return the state ``name`` leads to, or refuse if it cannot start from ``current``."""
        step = self._by_name[name]
        if current not in step.sources:
            raise Conflict(
                _("This has already moved on. Load the page again to see where it is now."),
                code="stale_state",
            )
        return step.target

    def available(self, *, current: str) -> list[str]:
        """Return the names of the steps that may start from ``current``, as declared."""
        return [step.name for step in self._by_name.values() if current in step.sources]

    def label(self, name: str) -> str:
        return str(self._by_name[name].label)

    def fsm(self) -> list[tuple[str, str]]:
        """Return every (from, to) pair in a stable order, so that migrations do not flap."""
        pairs = {
            (str(source), str(step.target))
            for step in self._by_name.values()
            for source in step.sources
        }
        return sorted(pairs)


def transition(
    name: str, sources: Iterable[str], target: str, *, label: str | Promise = ""
) -> Transition:
    """Declare a step. Without a label its button would say the name, so give one to any step a
    person takes."""
    return Transition(name, frozenset(sources), target, label or name)
