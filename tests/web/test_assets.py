import gzip
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask

from lms.web import assets
from tests.conftest import Browser


@pytest.fixture
def static(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small folder of static files in the place of the real one."""
    folder = tmp_path / "static"
    (folder / "fonts").mkdir(parents=True)
    (folder / "look.css").write_text("p{color:green}" * 50)
    (folder / "fonts" / "sans.woff2").write_bytes(b"\x00font")
    monkeypatch.setattr(assets, "STATIC", folder)
    return folder


def test_files_lie_under_their_hash_with_a_compressed_twin(static: Path, tmp_path: Path) -> None:
    made = assets.publish(tmp_path / "home", "/training")
    mark = made.root.name
    assert len(mark) == 12
    assert made.address == f"/training/static/{mark}/"
    assert (made.root / "look.css").read_bytes() == (static / "look.css").read_bytes()
    assert gzip.decompress((made.root / "look.css.gz").read_bytes()) == (static / "look.css").read_bytes()
    assert (made.root / "fonts" / "sans.woff2").exists()
    assert not (made.root / "fonts" / "sans.woff2.gz").exists(), "a font is compressed already"


def test_a_second_start_copies_nothing(static: Path, tmp_path: Path) -> None:
    first = assets.publish(tmp_path / "home", "")
    os.utime(first.root / "look.css", (1, 1))
    second = assets.publish(tmp_path / "home", "")
    assert second == first
    assert (second.root / "look.css").stat().st_mtime == 1
    assert [p.name for p in first.root.parent.iterdir()] == [first.root.name]


def test_a_changed_file_has_another_address_and_the_old_one_stays(static: Path, tmp_path: Path) -> None:
    before = assets.publish(tmp_path / "home", "")
    (static / "look.css").write_text("p{color:blue}")
    after = assets.publish(tmp_path / "home", "")
    assert after.address != before.address
    assert (before.root / "look.css").exists(), "a page that is still open may ask for it"


def test_a_file_that_moved_has_another_address(static: Path, tmp_path: Path) -> None:
    before = assets.publish(tmp_path / "home", "")
    (static / "look.css").rename(static / "other.css")
    assert assets.publish(tmp_path / "home", "").address != before.address


def test_two_starts_at_once_publish_one_whole_copy(static: Path, tmp_path: Path) -> None:
    begin = Barrier(4, timeout=20)

    def start(_number: int) -> assets.Assets:
        begin.wait()
        return assets.publish(tmp_path / "home", "")

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(start, range(4)))
    assert len(set(made)) == 1
    assert [p.name for p in made[0].root.parent.iterdir()] == [made[0].root.name], "no half copy is left"
    assert {p.name for p in made[0].root.iterdir()} == {"look.css", "look.css.gz", "fonts"}


def url(app: Flask, name: str) -> str:
    with app.test_request_context("/"):
        found: str = app.extensions["lms"].assets.url(name)
    return found


def test_an_address_keeps_the_path_that_a_server_mounts_the_application_at(app: Flask) -> None:
    with app.test_request_context("/", base_url="http://host.example/training"):
        assert app.extensions["lms"].assets.url("look.css").startswith("/training/static/")


def test_a_published_file_is_served_for_ever_and_compressed_where_asked(app: Flask, browser: Browser) -> None:
    look = url(app, "look.css")
    with browser.get(look, headers={"Accept-Encoding": "identity"}) as plain:
        assert plain.status_code == 200
        assert "immutable" in plain.headers["Cache-Control"]
        assert "Access-Control-Allow-Origin" not in plain.headers
        body = plain.data
    with browser.get(look, headers={"Accept-Encoding": "gzip"}) as packed:
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == body


@pytest.mark.parametrize("name", ["", "../", "../../lms.db", "nothing.css", "%2e%2e/%2e%2e/lms.db"])
def test_nothing_else_of_the_home_folder_is_served(app: Flask, browser: Browser, name: str) -> None:
    assert browser.get(url(app, name)).status_code == 404
