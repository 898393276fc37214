"""The house keeps its shape: file names, sizes, purity, one place that commits."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LMS = ROOT / "lms"
SOURCES = sorted(LMS.rglob("*.py"))
NOT_ROOMS = {"core", "web", "records", "bundle"}
ROOM_FILES = {"__init__", "models", "rules", "policy", "service", "forms", "formats", "views", "cli", "templates"}
ROOMS = sorted(p for p in LMS.iterdir() if p.is_dir() and p.name not in NOT_ROOMS and p.name != "__pycache__")
MOST_LINES = 400
MOST_FUNCTION = 60


def functions() -> list[tuple[Path, ast.AST]]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [(p, n) for p in SOURCES for n in ast.walk(ast.parse(p.read_text())) if isinstance(n, kinds)]


@pytest.mark.parametrize("room", ROOMS, ids=lambda p: p.name)
def test_a_room_holds_only_the_files_everybody_knows(room: Path) -> None:
    found = {p.stem for p in room.iterdir() if p.name != "__pycache__"}
    assert found <= ROOM_FILES


def test_nothing_is_called_utils_or_helpers() -> None:
    assert [p for p in SOURCES if p.stem in ("utils", "helpers", "misc", "common")] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_fits_in_a_head(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MOST_LINES, "split it by noun"


def test_no_function_is_longer_than_sixty_lines() -> None:
    long = {f"{p.relative_to(ROOT)}:{n.name}": n.end_lineno - n.lineno + 1 for p, n in functions()}  # type: ignore[attr-defined]
    assert {name: size for name, size in long.items() if size > MOST_FUNCTION} == {}


def test_functions_stay_near_ten_lines() -> None:
    sizes = sorted(n.end_lineno - n.lineno + 1 for _p, n in functions())  # type: ignore[attr-defined]
    assert sizes[len(sizes) // 2] <= 10


def test_only_the_gate_and_the_database_commit() -> None:
    committing = {str(p.relative_to(LMS)) for p in SOURCES if ".commit(" in p.read_text()}
    assert committing == {"core/db.py", "web/gate.py"}


def imports_of(path: Path) -> set[str]:
    nodes = [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Import | ast.ImportFrom)]
    names = {a.name for n in nodes if isinstance(n, ast.Import) for a in n.names}
    return names | {f"{n.module}.{a.name}" for n in nodes if isinstance(n, ast.ImportFrom) for a in n.names}


def test_only_the_extension_opens_a_room_s_views_and_only_views_read_its_forms() -> None:
    """A door is private: pages and forms of one room are never borrowed by another."""
    borrowed = []
    for path in SOURCES:
        module = path.relative_to(ROOT).with_suffix("").parts
        for name in imports_of(path):
            parts = name.split(".")
            if parts[:1] != ["lms"] or len(parts) < 3 or parts[2] not in ("views", "forms") or parts[1] == "web":
                continue
            own = module[1] == parts[1] and module[2].removesuffix(".py") in ("views", "forms")
            if not own and not (module == ("lms", "extension") and parts[2] == "views"):
                borrowed.append(f"{'.'.join(module)} -> {name}")
    assert borrowed == []


def test_no_import_hides_inside_a_function() -> None:
    late = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, function in functions()
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert late == []


def test_judgement_loads_neither_web_nor_database() -> None:
    pure = [p for p in SOURCES if "rules" in p.parts or p.stem in ("rules", "policy")]
    names = sorted({".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for p in pure})
    code = f"import importlib, sys\nfor n in {names!r}: importlib.import_module(n)\n"
    code += "print([m for m in ('flask', 'sqlalchemy', 'jinja2', 'werkzeug') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


def test_every_module_has_its_test() -> None:
    missing = []
    for path in SOURCES:
        room = path.relative_to(LMS).parts[0]
        if path.stem in ("__init__", "models") or path.stem == "policy" or room in ("app.py",):
            continue
        folder = ROOT / "tests" / room
        names = (
            {p.stem for p in folder.rglob("test_*.py")}
            if folder.is_dir()
            else {p.stem for p in (ROOT / "tests").glob("test_*.py")}
        )
        parent = path.parent.name
        wanted = {f"test_{path.stem}", f"test_{parent}", f"test_{parent}_{path.stem}"}
        if not names & wanted:
            missing.append(str(path.relative_to(ROOT)))
    assert missing == []


def test_no_text_names_a_registry_or_this_machine() -> None:
    listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True, cwd=ROOT, check=True).stdout.split()
    words = ["pypi" + ".org", "registry." + "npmjs", "files." + "pythonhosted", "deb.debian" + ".org"]
    local = re.compile(r"(?<![\w.])/" + "work/")
    found = []
    for name in listed:
        path = ROOT / name
        if path.suffix in (".woff2", ".png", ".ttf", ".pdf") or not path.is_file():
            continue
        text = path.read_text(errors="replace")
        found += [f"{name}: {word}" for word in words if word in text]
        found += [f"{name}: a path of one machine"] if local.search(text) else []
    assert found == []
