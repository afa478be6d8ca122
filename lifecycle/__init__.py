"""The public names: `Office`, the use cases, and `Workflow`, the rules.

Each is imported when first asked for.
"""

from __future__ import annotations

from lifecycle.version import __version__

TYPE_CHECKING = False  # as typing has it, which the client of a service need not import
if TYPE_CHECKING:
    from lifecycle.office.office import Office
    from lifecycle.workflow.model import Workflow

__all__ = ["Office", "Workflow", "__version__"]

_HOMES = {"Office": "lifecycle.office.office", "Workflow": "lifecycle.workflow.model"}


def __getattr__(name: str) -> object:
    """Import a public name on first use, so that `import lifecycle` costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
