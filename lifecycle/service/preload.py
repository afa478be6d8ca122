"""What every worker has imported before it is asked: all of the product.

The process that workers are forked from imports this module, so that the memory is shared and a
worker starts in milliseconds.
"""

from __future__ import annotations

import gc
import pkgutil
from importlib import import_module

import lifecycle

_NOT = ("lifecycle.service.", "lifecycle.cli.terminal.locale")


def import_all() -> None:
    """Import every module of the product but those of the service's own process."""
    for found in pkgutil.walk_packages(lifecycle.__path__, "lifecycle."):
        if not found.name.startswith(_NOT):
            import_module(found.name)
    import_module("lifecycle.service.worker")


import_all()
gc.collect()
gc.freeze()  # what all workers share is never written to by the collector
