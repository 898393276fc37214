"""How gunicorn serves: two processes of four threads, recycled now and then, no application loaded before the fork."""

import ctypes
import gc
import os
from typing import Any

workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
worker_class = "gthread"
max_requests = 20000
max_requests_jitter = 2000
timeout = 60
graceful_timeout = 20
keepalive = 5
loglevel = "warning"
control_socket_disable = True

_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8


def post_fork(server: Any, worker: Any) -> None:
    """Let the C library give memory back: a sign-in borrows 19 MiB, and each thread would else keep them for ever."""
    try:
        library = ctypes.CDLL(None)
        library.mallopt(_M_MMAP_THRESHOLD, 1 << 20)
        library.mallopt(_M_ARENA_MAX, 2)
    except (OSError, AttributeError):
        server.log.debug("This C library has no mallopt; memory is as it is.")


def post_worker_init(worker: Any) -> None:
    """Set aside what was loaded to serve: it lives as long as the worker, and nobody needs to look for it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
