"""Log lines as JSON on standard output. A traceback carries no local variables: they hold what people wrote."""

import contextlib
import sys
from typing import Any

import structlog
from structlog.processors import JSONRenderer, TimeStamper, add_log_level, format_exc_info


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
    processors: list[Any] = [
        add_log_level,
        TimeStamper(fmt="iso", utc=True),
        format_exc_info,
        JSONRenderer(ensure_ascii=False),
    ]
    out = structlog.PrintLogger(_Out())  # type: ignore[arg-type]
    return structlog.wrap_logger(out, processors=processors).bind(logger=name)
