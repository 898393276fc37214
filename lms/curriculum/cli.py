"""Commands for authors and operators: check the files, publish them, compare releases, write editors' schemas."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from lms.core.db import unit_of_work
from lms.core.errors import Conflict, NotFound
from lms.core.paper import Unprintable
from lms.curriculum import service
from lms.curriculum.models import Release
from lms.curriculum.rules.difference import sentence
from lms.curriculum.rules.dossier import booklet
from lms.curriculum.rules.schema import FILES, json_schema
from lms.curriculum.rules.tree import Problem
from lms.web.pages import hours_minutes
from lms.web.state import State


@click.group(cls=AppGroup)
def curriculum() -> None:
    """Check, publish and compare what there is to learn."""


@curriculum.command()
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, for other programs.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Judge support lines as of this day instead of today.")
def check(as_json: bool, as_of: datetime | None) -> None:
    """Name every problem in the curriculum and quizzes as `file:line: what is wrong, how to mend it`."""
    state = _state()
    found = service.check(*_folders(state), as_of=_day(state, as_of), cache_dir=_cache(state))
    service.remember(found.tree, _cache(state))
    if as_json:
        click.echo(json.dumps(_as_data(found), ensure_ascii=False, indent=2))
    else:
        _print(found.problems)
        _print_missing(found.missing)
        click.echo(_count(found))
    if found.errors:
        raise SystemExit(1)


@curriculum.command("compile")
def compile_() -> None:
    """Check the files, publish them as the newest release with the support lines, and print the release's hash."""
    state = _state()
    try:
        with unit_of_work(state.db) as s:
            release = service.publish_files(s, *_folders(state), now=state.clock.now(), cache_dir=_cache(state))
            digest, missing = release.digest, service.outline(s, release).unready
    except service.Unfit as unfit:
        _print(unfit.found)
        raise click.ClickException(unfit.sentence) from None
    _print_missing(missing)
    click.echo(digest)


@curriculum.command()
@click.argument("old")
@click.argument("new")
def diff(old: str, new: str) -> None:
    """Say what changes for students from release OLD to NEW; give the first letters of their hashes, or `newest`."""
    with unit_of_work(_state().db, write=False) as s:
        try:
            changes = service.difference(s, _release(s, old), _release(s, new))
        except Conflict as unclear:
            raise click.ClickException(unclear.sentence) from None
    for change in changes:
        click.echo(sentence(change))
    if not changes:
        click.echo("Nothing changes for students.")


@curriculum.command()
@click.option("--pathway", "id_", required=True, help="Whose dossier: the name of its file without the ending.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Where to write it.")
@click.option("--release", "wanted", default="newest", show_default=True, help="The first letters of a release's hash.")
def dossier(id_: str, output: Path | None, wanted: str) -> None:
    """Write what a reviewer asks for about a pathway as one PDF: agenda, hours, crosswalks, minutes, questions, sources."""
    target = output or Path(f"dossier-{id_}.pdf")
    try:
        with unit_of_work(_state().db, write=False) as s:
            made = service.dossier(s, _release(s, wanted), id_)
        target.write_bytes(service.paper(made, booklet(made, _say, hours_minutes)))
    except (NotFound, Conflict) as refused:
        raise click.ClickException(refused.sentence) from None
    except Unprintable as refused:
        raise click.ClickException(f"{refused}; take it out of what the dossier prints.") from None
    except OSError as refused:
        raise click.ClickException(f"{target} cannot be written: {refused.strerror}.") from None
    days, live, counted = len(made.days), hours_minutes(made.live), hours_minutes(made.counted)
    click.echo(f"{target}: {days} days of class with {live}, {counted} count, curriculum {made.material.digest[:12]}.")


@curriculum.command()
@click.option(
    "--to", "folder", type=click.Path(file_okay=False, path_type=Path), default=Path("docs/schemas"), show_default=True
)
def schemas(folder: Path) -> None:
    """Write the JSON Schema of every kind of file, so that an editor can complete and check keys while typing."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind in FILES:
        (folder / f"{kind}.json").write_text(schema_text(kind), encoding="utf-8")
    click.echo(f"{len(FILES)} schemas are in {folder}.")


def schema_text(kind: str) -> str:
    """Return one schema file as it is written."""
    return json.dumps(json_schema(kind), ensure_ascii=False, indent=2) + "\n"


def _release(s: Session, wanted: str) -> Release:
    release = service.newest(s) if wanted == "newest" else service.starting_with(s, wanted)
    if release is None:
        raise click.ClickException(f"There is no release {wanted!r}.")
    return release


def _say(text: str, **figures: object) -> str:
    return text % figures if figures else text


def _state() -> State:
    state: State = current_app.extensions["lms"]
    return state


def _folders(state: State) -> tuple[Path, Path]:
    return state.settings.curriculum_path, state.settings.quizzes_path


def _cache(state: State) -> Path:
    return state.settings.home_path / "cache"


def _day(state: State, as_of: datetime | None) -> date:
    return (as_of or state.clock.now()).date()


def _print(problems: Sequence[Problem]) -> None:
    for problem in problems:
        click.echo(str(problem))


def _print_missing(missing: dict[str, tuple[str, ...]]) -> None:
    for id_, sentences in sorted(missing.items()):
        for text in sentences:
            click.echo(f"missing for {id_}: {text}")


def _count(found: service.Checked) -> str:
    wrong, warned, missing = len(found.errors), len(found.problems) - len(found.errors), len(found.missing)
    parts = [_many(wrong, "error"), _many(warned, "warning")]
    return ", ".join(parts) + "." + (f" Not offered yet: {_many(missing, 'pathway')}." if missing else "")


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _as_data(found: service.Checked) -> dict[str, object]:
    problems = [asdict(problem) for problem in found.problems]
    return {"summary": found.figures, "problems": problems, "missing": found.missing}


COMMANDS = (curriculum,)
