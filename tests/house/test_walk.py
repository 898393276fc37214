"""Every page is walked: the journeys know a real code for each address that needs one."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.test_routes import GOLDEN

EVERYWHERE = Path(__file__).parents[1] / "journeys" / "everywhere.py"


def pages() -> dict[str, str]:
    """Return the endpoint of each GET address in the golden table, with the address."""
    found = re.findall(r"^GET  (\S+?(?:\(.*?\)\S*?)?) *(lms_\w+\.\w+) ", GOLDEN.read_text(), re.MULTILINE)
    return {endpoint: address for address, endpoint in found}


def named(tree: ast.AST) -> Iterator[str]:
    """Give the endpoints that the walk names: whole, or behind the `room` of their function."""
    for part in ast.walk(tree):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value.startswith("lms_"):
            yield part.value
        if isinstance(part, ast.FunctionDef):
            yield from _behind_room(part)


def _behind_room(function: ast.FunctionDef) -> Iterator[str]:
    rooms = [
        str(ast.literal_eval(part.value))
        for part in ast.walk(function)
        if isinstance(part, ast.Assign) and ast.unparse(part.targets[0]) == "room"
    ]
    for part in ast.walk(function):
        if isinstance(part, ast.BinOp) and ast.unparse(part.left) == "room":
            yield rooms[0] + str(ast.literal_eval(part.right))


def _assigned(tree: ast.Module, name: str) -> dict[str, str]:
    found = [one.value for one in tree.body if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == name]
    return dict(ast.literal_eval(found[0]))


def test_every_page_is_in_the_walk_or_says_why_not() -> None:
    """A page without a code in its address is found by itself; for another, everywhere.py names real codes."""
    tree = ast.parse(EVERYWHERE.read_text())
    files = _assigned(tree, "FILES")
    tree.body = [
        one for one in tree.body if not (isinstance(one, ast.Assign) and "FILES" in ast.unparse(one.targets[0]))
    ]
    walked, table = set(named(tree)), pages()
    coded = {endpoint for endpoint, address in table.items() if "<" in address}
    assert coded - walked - files.keys() == set(), "give it a real code in everywhere.py"
    assert files.keys() - table.keys() == set(), "it is no address any more"
    assert files.keys() & walked == set(), "it is walked, so it is no exception"
    assert all(files.values())


def test_a_page_that_nobody_gave_a_code_would_be_noticed() -> None:
    tree = ast.parse('def f():\n    room = "lms_a."\n    return {room + "b": 1, "lms_c.d": 2}')
    assert {"lms_a.b", "lms_c.d"} <= set(named(tree))
    assert "lms_a.d" not in set(named(tree))
