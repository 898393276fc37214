"""Every template compiles, has a title, and asks nothing from outside."""

import re
from pathlib import Path

import pytest
from flask import Flask

LMS = Path(__file__).parents[2] / "lms"
TEMPLATES = sorted(LMS.rglob("templates/**/*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_it_compiles(path: Path, app: Flask) -> None:
    app.jinja_env.from_string(path.read_text())


@pytest.mark.parametrize("path", [p for p in TEMPLATES if "extends" in p.read_text()], ids=lambda p: p.name)
def test_a_page_has_a_title(path: Path) -> None:
    assert "{% block title %}" in path.read_text()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_it_asks_nothing_from_outside_and_carries_no_inline_code(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"\sstyle=|\son[a-z]+=", text)
    assert not re.search(r'(?:src|href)="https?://', text)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_a_form_that_sends_carries_the_token(path: Path) -> None:
    for form in re.findall(r"<form\b.*?</form>", path.read_text(), re.S):
        if 'method="post"' in form:
            assert "csrf(" in form or "lms_csrf_token" in form


def test_every_name_is_unique_to_its_room() -> None:
    names = [str(p).split("/templates/")[1] for p in TEMPLATES]
    assert len(names) == len(set(names))
