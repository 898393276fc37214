"""Commands for authors: take a bank of questions to another system, and bring one from there."""

import re
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from lms.core.errors import Invalid
from lms.curriculum import service as curriculum
from lms.quizzes.formats import bank as bank_file
from lms.quizzes.formats import gift_reading, gift_writing, moodle_reading, moodle_writing, qti, text2qti
from lms.quizzes.formats.exchange import MAX_BYTES, UNSAID, Defaults, Exported, Unreadable
from lms.web.state import State

_ENDINGS = {"gift": "gift.txt", "moodle": "moodle.xml", "qti": "qti.zip", "text2qti": "text2qti.txt"}
_READERS = {"gift": gift_reading.read, "moodle": moodle_reading.read}
_ID = re.compile(r"[a-z][a-z0-9-]{0,59}\Z")


@click.group(cls=AppGroup)
def quizzes() -> None:
    """Take questions to other systems, and bring them from there."""


@quizzes.command("export")
@click.argument("bank")
@click.option("--format", "kind", type=click.Choice(list(_ENDINGS)), required=True, help="What the other system reads.")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="The file to write. Default: BANK.… here."
)
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
def export(bank: str, kind: str, output: Path | None, force: bool) -> None:
    """Write the questions of BANK, or of a check that holds its own, and say what the format cannot hold."""
    try:
        found = curriculum.questions(*_folders(), bank)
    except Invalid as refused:
        raise click.ClickException(refused.sentence) from None
    made = _exported(kind, found)
    target = output or Path(f"{bank}.{_ENDINGS[kind]}")
    _write(target, made.body, force)
    _report(made.lost)
    click.echo(f"{_many(len(found.authored) - _left_out(made.lost), 'question')} in {target}.")


def _exported(kind: str, found: curriculum.Questions) -> Exported:
    if kind == "gift":
        return gift_writing.write(found.authored)
    if kind == "moodle":
        return moodle_writing.write(found.authored)
    return qti.write(found.id, found.rendered) if kind == "qti" else text2qti.write(found.title, found.authored)


@quizzes.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "kind", type=click.Choice(list(_READERS)), required=True, help="What FILE is.")
@click.option("--bank", required=True, help="The id of the bank to make.")
@click.option("--module", default=UNSAID, help="The module it belongs to.")
@click.option("--lesson", default=UNSAID, help="Where questions are taught that do not say it themselves.")
@click.option("--competency", default=UNSAID, help="What questions test that do not say it themselves.")
@click.option(
    "--difficulty", type=click.IntRange(1, 3), default=2, show_default=True, help="Of those that do not say it."
)
@click.option("--stdout", is_flag=True, help="Print the bank instead of writing it beside the others.")
@click.option("--force", is_flag=True, help="Overwrite a bank that is there.")
def import_(
    file: Path,
    kind: str,
    bank: str,
    module: str,
    lesson: str,
    competency: str,
    difficulty: int,
    stdout: bool,
    force: bool,
) -> None:
    """Turn FILE into a bank; nothing is written if one question of it cannot be read."""
    if not _ID.match(bank):
        raise click.ClickException("A bank's id is lower-case letters, digits and dashes, and begins with a letter.")
    if file.stat().st_size > MAX_BYTES:
        raise click.ClickException(f"{file} has more than {MAX_BYTES:,} bytes; split it.")
    try:
        found = _READERS[kind](file.read_bytes(), Defaults(bank, competency, lesson, difficulty))
    except Unreadable as refused:
        for fault in refused.faults:
            click.echo(f"{file}:{fault.line}: {fault.what} {fault.how}", err=True)
        raise click.ClickException("Nothing was written.") from None
    body = bank_file.write(bank.replace("-", " ").capitalize(), module, found.items)
    _report(found.lost)
    if stdout:
        click.echo(body.decode(), nl=False)
        return
    target = _folders()[1] / "banks" / f"{bank}.yaml"
    _write(target, body, force)
    click.echo(f"{_many(len(found.items), 'question')} in {target}. Now run: flask --app wsgi lms curriculum check")


def _folders() -> tuple[Path, Path]:
    state: State = current_app.extensions["lms"]
    return state.settings.curriculum_path, state.settings.quizzes_path


def _write(target: Path, body: bytes, force: bool) -> None:
    try:
        # `x` refuses a file that is there in the same breath as it makes one: two runs at once cannot both win.
        with target.open("wb" if force else "xb") as file:
            file.write(body)
    except FileExistsError:
        raise click.ClickException(f"{target} is there already; --force overwrites it.") from None
    except OSError as refused:
        raise click.ClickException(f"{target} cannot be written: {refused.strerror}.") from None


def _report(lost: tuple[str, ...]) -> None:
    for sentence in lost:
        click.echo(f"not kept: {sentence}", err=True)


def _left_out(lost: tuple[str, ...]) -> int:
    return sum(" is left out: " in sentence for sentence in lost)


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


COMMANDS = (quizzes,)
