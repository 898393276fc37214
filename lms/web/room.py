"""A room's front door: a blueprint whose every route names a permission."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Blueprint, Flask
from flask.typing import ResponseReturnValue
from flask_babel import LazyString

from lms.core.access import Actor, Permission
from lms.core.errors import StartupError
from lms.web.gate import Door, Load, Misses, ReadOf, pass_gate


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One link of the main navigation. `shows` decides for whom; entries are sorted by `order`."""

    label: str | LazyString
    endpoint: str
    shows: Callable[[Actor], bool]
    order: int
    covers: tuple[str, ...] = ()
    """Other endpoints that belong to this entry (it is marked as current there)."""


View = Callable[..., ResponseReturnValue]


class Room(Blueprint):
    """A blueprint `lms_<name>`; `get` and `post` are the only ways to add a route."""

    def __init__(self, name: str, import_name: str, menu: tuple[MenuEntry, ...] = ()) -> None:
        super().__init__(f"lms_{name}", import_name, template_folder="templates")
        self.menu = menu
        self.doors: dict[str, Door] = {}

    def get(  # type: ignore[override]
        self,
        rule: str,
        permission: Permission,
        *,
        subject: Load | None = None,
        reads: ReadOf | None = None,
        throttle: Misses | None = None,
    ) -> Callable[[View], View]:
        """Add a page. `subject` loads what it is about; `reads` names private text whose reading is logged.

        `throttle` says how many misses one connection may have here: where a code is the only key, nobody tries them all.
        """
        return self._door(rule, "GET", permission, subject, reads, throttle=throttle)

    def post(  # type: ignore[override]
        self, rule: str, permission: Permission, *, subject: Load | None = None, travels: bool = False
    ) -> Callable[[View], View]:
        """Add a form's address; the permission must be one that writes."""
        if not permission.writes:
            raise StartupError(f"{rule} accepts forms but {permission.name} is a permission to read.")
        return self._door(rule, "POST", permission, subject, None, travels)

    def _door(
        self,
        rule: str,
        method: str,
        permission: Permission,
        load: Load | None,
        reads: ReadOf | None,
        travels: bool = False,
        throttle: Misses | None = None,
    ) -> Callable[[View], View]:
        def register(view: View) -> View:
            door = Door(view, method, permission, load, reads, travels, throttle)

            @wraps(view)
            def guarded(**args: Any) -> ResponseReturnValue:
                return pass_gate(door, args)

            self.doors[view.__name__] = door
            self.add_url_rule(rule, view.__name__, guarded, methods=[method])
            return view

        return register


def refuse_unguarded(app: Flask, rooms: tuple[Room, ...]) -> None:
    """Refuse to start when an address of ours has no permission (somebody used `route` or `add_url_rule`)."""
    doors = {f"{room.name}.{name}" for room in rooms for name in room.doors}
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("lms_") and rule.endpoint not in doors:
            raise StartupError(f"{rule.rule} has no permission; declare it with room.get or room.post.")
