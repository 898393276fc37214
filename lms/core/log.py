"""Log lines as JSON on standard output. A traceback carries no local variables: they hold what people wrote."""

import contextlib
import importlib
import sys
from collections.abc import Iterator
from typing import Any


@contextlib.contextmanager
def _without(name: str) -> Iterator[None]:
    hidden = name not in sys.modules
    if hidden:
        sys.modules[name] = None  # type: ignore[assignment]  # how Python says that there is no such module
    yield
    if hidden:
        del sys.modules[name]


# Its printer in colours, which nobody sees here, would read `rich` wherever that is installed: five megabytes a process.
with _without("rich"):
    structlog = importlib.import_module("structlog")
    processors = importlib.import_module("structlog.processors")


class _Out:
    """Standard output as it is when a line is written, not as it was when the module was loaded.

    A line that cannot be written is lost: on a full disk the log must not break the page that says so.
    """

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            return sys.stdout.write(text)
        return 0

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            sys.stdout.flush()


def logger(name: str) -> Any:
    """Return a logger whose processors are our own, whatever a host application configures for itself."""
    steps: list[Any] = [
        processors.add_log_level,
        processors.TimeStamper(fmt="iso", utc=True),
        processors.format_exc_info,
        processors.JSONRenderer(ensure_ascii=False),
    ]
    out = structlog.PrintLogger(_Out())
    return structlog.wrap_logger(out, processors=steps).bind(logger=name)
