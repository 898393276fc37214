from pathlib import Path

from huey import SqliteHuey

from lms.core.queue import open_queue, waker
from lms.core.settings import Settings


def test_the_embedded_queue_is_a_file_in_the_home_folder(tmp_path: Path) -> None:
    assert isinstance(open_queue(Settings(home=str(tmp_path))), SqliteHuey)
    assert (tmp_path / "queue.db").exists()


def test_ringing_leaves_something_for_the_worker(tmp_path: Path) -> None:
    settings = Settings(env="demo", home=str(tmp_path))
    waker(settings)()
    assert open_queue(settings).pending_count() == 1


def test_a_queue_that_is_away_fails_nothing(tmp_path: Path, unused_tcp_port: int) -> None:
    waker(Settings(env="demo", home=str(tmp_path), redis_url=f"redis://127.0.0.1:{unused_tcp_port}/0"))()
