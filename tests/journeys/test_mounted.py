"""The wheel, installed outside the checkout, below a site that has users, a sign-in and a table of its own."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.engine import make_url

from tests.conftest import SECRET, _empty

ROOT = Path(__file__).parents[2]
PARTS = ("lms", "migrations", "curriculum", "quizzes", "pyproject.toml", "README.md")


def run(*command: str, cwd: Path, **env: str) -> str:
    given = {k: v for k, v in os.environ.items() if not k.startswith(("LMS_", "PYTHON"))}
    done = subprocess.run(command, cwd=cwd, env=given | env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a clean copy of the checkout and install it, alone, into a folder."""
    copy, wheels = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("wheel")
    for name in PARTS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, copy / name)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(wheels), cwd=copy)
    (wheel,) = wheels.glob("*.whl")
    target = tmp_path_factory.mktemp("installed")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "-q", "--no-deps", "--no-index")
    run(*pip, "--target", str(target), str(wheel), cwd=target)
    return target


@dataclass
class Place:
    """A folder outside the checkout with a site in it, where `lms` can only come from the wheel."""

    folder: Path
    env: dict[str, str]
    url: str = ""
    started: list["subprocess.Popen[str]"] = field(default_factory=list)

    def flask(self, *words: str) -> str:
        return run(sys.executable, "-m", "flask", "--app", "app", *words, cwd=self.folder, **self.env)

    @contextmanager
    def serve(self, script: str) -> Iterator[str]:
        given = {k: v for k, v in os.environ.items() if not k.startswith(("LMS_", "PYTHON"))} | self.env
        command = [sys.executable, script, "0"]
        with subprocess.Popen(
            command, cwd=self.folder, env=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as server:
            assert server.stdout is not None
            try:
                yield f"http://127.0.0.1:{server.stdout.readline().split()[1]}"
            finally:
                server.terminate()
                server.wait(timeout=10)


@pytest.fixture(scope="session")
def place(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The neighbours' site: their own table first, then ours beside it, with content from the wheel."""
    folder = tmp_path_factory.mktemp("neighbours") / "site"
    shutil.copytree(Path(__file__).with_name("host"), folder, ignore=shutil.ignore_patterns("__pycache__"))
    for url in _empty(folder.parent):
        env = {
            "PYTHONPATH": str(installed),
            "SITE_DATABASE": url,
            "SITE_HOME": str(folder.parent / "home"),
            "SITE_LMS_SECRET": SECRET,
        }
        made = Place(folder, env, url)
        made.flask("settle")
        made.flask("lms", "migrate")
        made.flask("lms", "curriculum", "compile")
        yield made


def tables(url: str) -> set[str]:
    engine = sa.create_engine(make_url(url))
    try:
        return set(sa.inspect(engine).get_table_names())
    finally:
        engine.dispose()


def rows(url: str) -> list[tuple[int, str]]:
    engine = sa.create_engine(make_url(url))
    try:
        with engine.connect() as c:
            return [(row[0], row[1]) for row in c.exec_driver_sql("SELECT id, name FROM neighbour ORDER BY id")]
    finally:
        engine.dispose()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A browser at no site yet; it complains when a page breaks or asks elsewhere."""
    context = chromium.new_context(viewport={"width": 1100, "height": 900})
    opened, complaints = context.new_page(), list[str]()
    opened.set_default_timeout(15_000)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("response", lambda got: complaints.append(f"{got.status} {got.url}") if got.status >= 500 else None)
    opened.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    yield opened
    context.close()
    assert complaints == []


def enter(page: Page, home: str, name: str) -> None:
    page.goto(home)
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Enter").click()
    expect(page.get_by_text(f"Here is {name}.")).to_be_visible()


def addresses(page: Page) -> list[str]:
    """Return every address of this site that the page links to, sends to or loads from."""
    found = page.eval_on_selector_all(
        "[href],[src],[action]",
        "all => all.map(e => e.getAttribute('href') || e.getAttribute('src') || e.getAttribute('action'))",
    )
    return [one for one in found if one.startswith("/")]


def test_the_wheel_installs_one_package_with_all_it_needs(installed: Path) -> None:
    names = {path.name for path in installed.iterdir()}
    assert {name for name in names if not name.endswith(".dist-info")} == {"lms"}
    bundle = installed / "lms" / "bundle"
    assert (bundle / "migrations" / "env.py").is_file()
    assert len(list((bundle / "migrations" / "versions").glob("*.py"))) == len(
        list((ROOT / "migrations" / "versions").glob("*.py"))
    )
    for kind, where in (("*.md", "curriculum"), ("*.yaml", "quizzes")):
        assert len(list((bundle / where).rglob(kind))) == len(list((ROOT / where).rglob(kind)))
    for kind in ("*.html", "*.css", "*.js", "*.woff2", "*.ttf", "*.typ"):
        assert len(list((installed / "lms").rglob(kind))) == len(list((ROOT / "lms").rglob(kind))), kind


def test_the_product_comes_from_the_wheel(place: Place, installed: Path) -> None:
    said = run(sys.executable, "-c", "import lms; print(lms.__file__)", cwd=place.folder, **place.env)
    assert Path(said.strip()) == installed / "lms" / "__init__.py"


def test_our_tables_stand_beside_the_host_s_and_leave_its_rows_alone(place: Place) -> None:
    found = tables(place.url)
    assert "lms_alembic_version" in found
    assert "alembic_version" not in found
    assert {name for name in found if not name.startswith("lms_")} == {"neighbour"}
    assert [name for _id, name in rows(place.url)][:2] == ["Rosa Elm", "Kofi Bay"]
    place.flask("lms", "migrate")
    assert tables(place.url) == found


def test_a_neighbour_learns_below_the_host_s_site(place: Place, page: Page) -> None:
    with place.serve("app.py") as home:
        _front(page, home)
        enter(page, home, "Rosa Elm")
        page.get_by_role("link", name="Training").click()
        expect(page.get_by_text("Good day, Rosa Elm.")).to_be_visible()
        expect(page.locator("h1")).to_have_text("You are signed in")
        place.flask("give-seat", "Rosa Elm")
        _lesson(page, home)
        _form(page, home)
        _another(page, home)
    assert rows(place.url) == [(1, "Rosa Elm"), (2, "Kofi Bay")]


def _front(page: Page, home: str) -> None:
    """The host's own pages are untouched; its own version of our welcome page wins."""
    page.goto(home)
    expect(page.locator("h1")).to_have_text("The neighbours' own page")
    page.goto(home + "/training/")
    expect(page.locator("h1")).to_have_text("Training on the porch")
    assert page.locator("aside.support a[href='tel:988']").count() == 1
    assert page.title() == "Training on the porch · Porchlight"
    answer = page.goto(home + "/training/you")
    assert answer is not None
    assert answer.status == 401
    expect(page.get_by_text("Please sign in on the main site first.")).to_be_visible()


def _lesson(page: Page, home: str) -> None:
    page.goto(home + "/training/")
    lesson = page.locator("h1").inner_text()
    page.get_by_role("link", name="Begin reading").click()
    expect(page.locator("h1")).to_have_text(lesson)
    assert re.fullmatch(re.escape(home) + r"/training/lessons/[a-z-]+/1", page.url)
    assert [one for one in addresses(page) if not one.startswith("/training/")] == []
    assert page.evaluate("document.fonts.ready.then(all => all.size)") > 0
    assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith('"Page Sans"')
    page.get_by_role("button", name="Mark as read and go on").click()
    assert page.url.endswith("/2")


def _form(page: Page, home: str) -> None:
    """A form of ours goes through beside the host's own protection, and without our token it does not."""
    page.goto(home + "/training/you")
    name = page.get_by_role("textbox", name="Your name")
    name.fill("Rosa Elm-Whisper")
    page.get_by_role("button", name="Save names and time zone").click()
    expect(page.get_by_role("status").first).to_be_visible()
    page.goto(home + "/training/")
    expect(page.get_by_text("Good day, Rosa Elm-Whisper.")).to_be_visible()
    forged = page.request.post(home + "/training/you", form={"name": "Forged"})
    assert forged.status == 400


def _another(page: Page, home: str) -> None:
    """Leaving the host leaves the training; the next person on this machine is somebody else there, too."""
    (cookie,) = page.context.cookies()
    assert (cookie["name"], cookie["path"]) == ("session", "/")
    page.goto(home)
    page.get_by_role("button", name="Leave").click()
    answer = page.goto(home + "/training/hours")
    assert answer is not None
    assert answer.status == 401
    enter(page, home, "Kofi Bay")
    page.goto(home + "/training/")
    expect(page.get_by_text("Good day, Kofi Bay.")).to_be_visible()
    answer = page.goto(home + "/training/lessons")
    assert answer is not None
    assert answer.status == 404


def test_two_sites_in_one_process_keep_apart(place: Place, page: Page) -> None:
    with place.serve("two.py") as home:
        for path, programme in (("/north/learn", "Programme north"), ("/south", "Programme south")):
            page.goto(f"{home}{path}/sign-in")
            assert page.title().endswith(programme)
            assert [one for one in addresses(page) if not one.startswith(path + "/")] == []
            assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith('"Page Sans"')
        assert {(one["name"], one["path"]) for one in page.context.cookies()} == {
            ("session", "/north"),
            ("session", "/south"),
        }
        answer = page.goto(f"{home}/south/learn/sign-in")
        assert answer is not None
        assert answer.status == 404
