"""The queue that wakes the worker. Rows are the truth: a lost queue loses nothing, the next tick finds what is due."""

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from lms.core.late import Late
from lms.core.log import logger
from lms.core.settings import Settings

# Huey brings every driver it finds with it: a web server that rings for nobody does without.
if TYPE_CHECKING:
    import huey
    from huey import Huey
else:
    huey = Late("huey")

log = logger("lms.queue")


def open_queue(settings: Settings) -> "Huey":
    """Open the queue: a file in the home folder, or Redis for many machines."""
    if settings.redis_url:
        return huey.RedisHuey("lms", url=settings.redis_url, immediate=False)
    settings.home_path.mkdir(parents=True, exist_ok=True)
    return huey.SqliteHuey("lms", filename=str(settings.home_path / "queue.db"), immediate=False)


def waker(settings: Settings) -> Callable[[], None]:
    """Return what asks the worker to look now; it never fails a request (the tick would find the work anyway)."""
    if settings.env == "test":
        return lambda: None

    @lru_cache(maxsize=1)
    def wake() -> Callable[[], object]:
        return _wake(open_queue(settings), _nothing)

    def ring() -> None:
        try:
            wake()()
        except Exception as lost:  # noqa: BLE001 - a queue that is away must not fail what was already committed
            log.warning("queue.away", kind=type(lost).__name__)

    return ring


def listen(queue: "Huey", work: Callable[[], None]) -> None:
    """Let whoever consumes the queue do `work` when it is rung for, and every minute besides."""
    _wake(queue, work)
    queue.periodic_task(huey.crontab(minute="*"), name="lms.tick")(work)


def _wake(queue: "Huey", work: Callable[[], None]) -> Callable[[], object]:
    # Huey finds a task by its name and the module it was written in; both sides must therefore make it here.
    def woken() -> None:
        work()

    task: Callable[[], object] = queue.task(name="lms.wake")(woken)
    return task


def _nothing() -> None:
    raise RuntimeError("the worker defines what waking means")
