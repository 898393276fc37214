"""Libraries that are read when they are first used, because most web servers never use them and each weighs many megabytes."""

from importlib import import_module
from typing import Any


class Late:
    """Stands for a module; the first use of one of its names imports it. Threads may come at once: Python imports it once."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._name), name)
