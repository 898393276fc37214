"""Reading the authors' folders into a tree. Whatever is wrong becomes a problem with file and line, never a traceback."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter

from lms.curriculum.formats.markdown import REVISION, Pages
from lms.curriculum.formats.tree import read_markdown, read_yaml
from lms.curriculum.rules import schema
from lms.curriculum.rules.pathway_schema import PathwayIn
from lms.curriculum.rules.problems import order
from lms.curriculum.rules.reading import REVISION as GRADED
from lms.curriculum.rules.sheet import Sheet
from lms.curriculum.rules.tree import File, Kept, Memo, Module, Problem, Tree

Data = TypeVar("Data", bound=Sheet)

_ID = re.compile(r"[a-z][a-z0-9-]{0,59}\Z")
_NUMBERED = re.compile(r"([0-9]{2})-(.+)\Z")
_KEYED = re.compile(r"(meeting|homework)-([0-9]{1,2})\Z")
_CACHE = TypeAdapter(Kept)
_CACHED = f"texts-{REVISION}-{GRADED}.json"
_KINDS = "NN-<lesson>.md, meeting-N.md, homework-N.md, narrative-<id>.md and module.yaml"


def read_tree(curriculum_dir: Path, quizzes_dir: Path, *, cache_dir: Path | None = None) -> tuple[Tree, list[Problem]]:
    """Read everything the authors wrote; `cache_dir` keeps rendered texts between runs."""
    known = _remembered(cache_dir)
    reader = _Reader(curriculum_dir, quizzes_dir, known)
    tree = reader.tree()
    return tree, order(reader.found)


def remember(tree: Tree, cache_dir: Path | None) -> None:
    """Keep what was rendered, for the next run; a cache that cannot be written is no reason to stop."""
    used, known = tree.memo.used, tree.memo.known
    if cache_dir is None or (used.pages.keys(), used.grades.keys()) == (known.pages.keys(), known.grades.keys()):
        return
    try:
        cache_dir.mkdir(parents=True, exist_ok=True)
        half = cache_dir / (_CACHED + ".half")
        half.write_bytes(_CACHE.dump_json(used))
        half.replace(cache_dir / _CACHED)
    except OSError:
        return


class _Reader:
    """One walk through the folders, gathering files, problems and the names of what could not be read."""

    def __init__(self, curriculum: Path, quizzes: Path, known: Kept) -> None:
        self.roots = {"curriculum": curriculum, "quizzes": quizzes}
        self.found: list[Problem] = []
        self.broken: set[str] = set()
        self.memo = Memo(known)
        self.pages = Pages(self.memo)

    def tree(self) -> Tree:
        """Walk both folders."""
        for name, root in self.roots.items():
            if not root.is_dir():
                self._report(name, "This folder is not there.", "Check the setting that says where it lies.")
                return Tree(memo=self.memo)
        self._strangers(
            "curriculum",
            (),
            {"programme.yaml", "competencies.yaml", "crisis-lines.yaml", "README.md"},
            {"pathways", "rubrics", "modules"},
        )
        programme = self._one("curriculum", "programme.yaml", schema.ProgrammeIn)
        if programme:
            self.pages.speak(programme.data.language)
        return Tree(
            programme=programme,
            competencies=self._one("curriculum", "competencies.yaml", schema.CompetenciesIn),
            crisis=self._one("curriculum", "crisis-lines.yaml", schema.CrisisLinesIn),
            pathways=self._sheets("curriculum", ("pathways",), "pathway", PathwayIn),
            rubrics=self._sheets("curriculum", ("rubrics",), "rubric", schema.RubricIn),
            modules=self._modules(),
            quizzes=self._sheets("quizzes", (), "quiz", schema.QuizIn, folders={"banks"}),
            banks=self._sheets("quizzes", ("banks",), "bank", schema.BankIn),
            broken=frozenset(self.broken),
            memo=self.memo,
        )

    def _one(self, root: str, name: str, model: type[Data]) -> File[Data] | None:
        if not (self.roots[root] / name).is_file():
            self._report(f"{root}/{name}", "This file is missing.", "docs/authoring.md shows what it holds.")
            return None
        return self._sheet(root, (name,), name.removesuffix(".yaml"), model)

    def _sheets(
        self, root: str, under: tuple[str, ...], kind: str, model: type[Data], folders: Iterable[str] = ()
    ) -> tuple[File[Data], ...]:
        found = []
        for name in self._names(root, under, set(folders)):
            id_ = name.removesuffix(".yaml")
            if name == id_ or not _ID.match(id_):
                self._report("/".join((root, *under, name)), f"A {kind} is a file `<id>.yaml`.", _ID_HOW)
                continue
            sheet = self._sheet(root, (*under, name), id_, model)
            if sheet is None:
                self.broken.add(f"{kind}:{id_}")
            else:
                found.append(sheet)
        return tuple(found)

    def _modules(self) -> tuple[Module, ...]:
        found = []
        root = self.roots["curriculum"] / "modules"
        for name in self._names("curriculum", ("modules",), None):
            numbered = _NUMBERED.match(name)
            if not (root / name).is_dir() or not numbered or not _ID.match(numbered[2]):
                self._report(f"curriculum/modules/{name}", "A module is a folder `NN-<id>`.", _ID_HOW)
                continue
            found.append(self._module(name, int(numbered[1]), numbered[2]))
        return tuple(found)

    def _module(self, folder: str, number: int, id_: str) -> Module:
        under = ("modules", folder)
        lessons, meetings, homework, narratives = [], [], [], []
        for name in self._names("curriculum", under, set()):
            stem = name.removesuffix(".md")
            numbered, keyed = _NUMBERED.match(stem), _KEYED.match(stem)
            if name == "module.yaml":
                continue
            if name != stem and numbered and _ID.match(numbered[2]):
                lessons.append(self._page(under, name, "lesson", numbered[2], schema.LessonIn, int(numbered[1])))
            elif name != stem and keyed and keyed[1] == "meeting":
                meetings.append(self._page(under, name, "meeting", f"{id_}/{stem}", schema.MeetingIn, int(keyed[2])))
            elif name != stem and keyed:
                homework.append(self._page(under, name, "homework", f"{id_}/{stem}", schema.HomeworkIn, int(keyed[2])))
            elif name != stem and stem.startswith("narrative-") and _ID.match(stem[10:]):
                narratives.append(self._page(under, name, "narrative", f"{id_}/{stem[10:]}", schema.NarrativeIn))
            else:
                self._report(
                    "/".join(("curriculum", *under, name)),
                    "This file is none that a module has.",
                    f"A module has {_KINDS}.",
                )
        head = self._one("curriculum", f"modules/{folder}/module.yaml", schema.ModuleIn)
        return Module(id_, number, folder, head, _kept(lessons), _kept(meetings), _kept(homework), _kept(narratives))

    def _sheet(self, root: str, path: tuple[str, ...], id_: str, model: type[Data]) -> File[Data] | None:
        return self._read(root, path, lambda raw, file: read_yaml(model, raw, file, id_, self.found))

    def _page(
        self, under: tuple[str, ...], name: str, kind: str, id_: str, model: type[Data], number: int = 0
    ) -> File[Data] | None:
        def read(raw: bytes, file: str) -> File[Data] | None:
            return read_markdown(model, raw, file, id_, self.found, self.pages, number)

        page = self._read("curriculum", (*under, name), read)
        if page is None:
            self.broken.add(f"{kind}:{id_}")
        return page

    def _read(
        self, root: str, path: tuple[str, ...], read: Callable[[bytes, str], File[Data] | None]
    ) -> File[Data] | None:
        file = "/".join((root, *path))
        try:
            raw = self.roots[root].joinpath(*path).read_bytes()
        except OSError as refused:
            self._report(file, f"This file cannot be read: {refused.strerror}.", "Check who may read it.")
            return None
        return read(raw, file)

    def _names(self, root: str, under: tuple[str, ...], folders: set[str] | None) -> list[str]:
        here = self.roots[root].joinpath(*under)
        if not here.is_dir():
            return []
        entries = sorted(path for path in here.iterdir() if not path.name.startswith(".") and path.name != "README.md")
        if folders is None:
            return [path.name for path in entries]
        for path in entries:
            if path.is_dir() and path.name not in folders:
                self._report(
                    "/".join((root, *under, path.name)),
                    "This folder is not read.",
                    "Move what is in it, or take it away.",
                )
        return [path.name for path in entries if not path.is_dir()]

    def _strangers(self, root: str, under: tuple[str, ...], files: set[str], folders: set[str]) -> None:
        for name in self._names(root, under, folders):
            if name not in files:
                self._report(
                    "/".join((root, *under, name)),
                    "This file is not read.",
                    "docs/authoring.md says where things live.",
                )

    def _report(self, file: str, what: str, how: str) -> None:
        self.found.append(Problem(file, 1, what, how))


_ID_HOW = "An id has lower-case letters, digits and dashes, begins with a letter, and has at most 60 of them."


def _kept(files: list[File[Data] | None]) -> tuple[File[Data], ...]:
    return tuple(sorted((file for file in files if file is not None), key=lambda file: (file.number, file.id)))


def _remembered(cache_dir: Path | None) -> Kept:
    try:
        return Kept() if cache_dir is None else _CACHE.validate_json((cache_dir / _CACHED).read_bytes())
    except (OSError, ValueError):
        return Kept()
