"""The laws of the house as pure functions over the syntax tree of a source folder. Each returns its breaches."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

FLOORS: Final = {
    "base": 0,
    "db": 1, "settings": 1,
    "kept": 2, "audit": 2, "outbox": 2, "search": 2, "reference": 2, "storage": 2, "papers": 2, "sheets": 2, "clients": 2,
    "accounts": 3,
    "p3dn": 4, "tax": 4, "books": 4, "qris": 4,
    "vendors": 5, "budgets": 5,
    "catalog": 6,
    "orders": 7, "curation": 7,
    "sourcing": 8, "approvals": 8, "negotiation": 8, "addenda": 8, "handover": 8, "risk": 8,
    "kiosk": 8, "programme": 8, "growth": 8, "payments": 8, "treasury": 8,
    "targets": 8, "reports": 8, "spread": 8, "opendata": 8,
    "documents": 9, "oversight": 9,
    "web": 10,
    "demo": 11,
    "background": 12, "doors": 12, "app": 13, "commands": 13, "cli": 14, "start": 15,
}  # fmt: skip
"""Every room has a floor; imports go down. What is not here may not exist."""

DOORS: Final = ("views", "api")
DOOR_REACH: Final = FLOORS["web"]
TOP: Final = {"background", "doors", "app", "commands", "cli", "start"}
FRAMEWORK: Final = {"flask", "flask_babel", "flask_limiter", "flask_login", "flask_wtf", "wtforms"}
FRAMEWORK_EXEMPT: Final = {
    "outbox.worker": "a thread has no request: it opens the application context itself",
}
CLOCK_READERS: Final = {
    "base.clock": "here the clock is",
    "outbox.worker": "the door of the background work",
    "reference.holiday_source": "a program of its own, run by hand when a year's decree is out",
}
MONEY_ROOMS: Final = {
    "addenda", "approvals", "base", "books", "budgets", "documents", "growth", "handover", "kiosk", "negotiation", "opendata",
    "orders", "oversight", "p3dn", "payments", "programme", "qris", "reports", "risk", "sourcing", "spread", "targets", "tax", "treasury",
}  # fmt: skip
MONEY_MODULES: Final = {"catalog.pricing", "catalog.offers"}
EMPTY_NAMES: Final = {"utils", "util", "helpers", "helper", "services", "service", "common", "misc", "manager"}
COMMIT_EXEMPT: Final = {
    "db": "the unit of work",
    "search.whoosh_index": "the index writer's own commit, not the database's",
}
MAX_FILE: Final = 300
MAX_FUNCTION: Final = 40


@dataclass(frozen=True)
class Module:
    """One file of the source tree, known by its name below the root package: `orders.states`."""

    root: Path
    path: Path

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.path.read_text(), str(self.path))

    @cached_property
    def name(self) -> str:
        """Dotted name below the root package; a package is named without `__init__`."""
        parts = self.path.relative_to(self.root).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def room(self) -> str:
        """The first part of the name: the room, or the single file at the top."""
        return self.name.split(".", maxsplit=1)[0]

    @property
    def place(self) -> str:
        """The second part of the name: what this is inside its room."""
        return [*self.name.split("."), ""][1]

    @property
    def is_door(self) -> bool:
        """Whether people and programs come in here."""
        return self.place in DOORS or self.place.startswith(tuple(f"{door}_" for door in DOORS))

    @cached_property
    def imports(self) -> list[tuple[int, str]]:
        """Line and dotted name of everything imported, `shop.orders.cart` also when written `from shop.orders import cart`."""
        return list(self._imports())

    def _imports(self) -> Iterator[tuple[int, str]]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                source = self._absolute(node)
                inner = self.root.parent.joinpath(*source.split("."))
                for alias in node.names:
                    is_module = (inner / f"{alias.name}.py").exists() or (inner / alias.name).is_dir()
                    yield node.lineno, f"{source}.{alias.name}" if is_module else source

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.path.relative_to(self.root.parent).parts[: -node.level]
        return ".".join([*package, node.module] if node.module else package)

    @cached_property
    def inner_imports(self) -> list[tuple[int, str]]:
        """Imports from the root package, named below it."""
        own = f"{self.root.name}."
        return [(line, name.removeprefix(own)) for line, name in self.imports if name.startswith(own)]

    @cached_property
    def is_pure(self) -> bool:
        """Whether it stands on base alone; such a module may be imported by any other of its room."""
        return all(name.split(".", maxsplit=1)[0] == "base" for _, name in self.inner_imports)

    def at(self, line: int, message: str) -> str:
        """Return a breach as an editor can jump to it."""
        return f"{self.path.relative_to(self.root.parent)}:{line}: {message}"


@lru_cache(maxsize=2)
def modules(root: Path) -> list[Module]:
    """Return every module below the package folder `root`; each is read and parsed once for all laws."""
    return [Module(root, path) for path in sorted(root.rglob("*.py"))]


def _known(root: Path) -> dict[str, Module]:
    return {module.name: module for module in modules(root)}


def imports_go_down(root: Path) -> Iterator[str]:
    """(1) Imports go down the floors; a door may open any room up to `web`."""
    for module in modules(root):
        if not module.room:
            continue
        floor = FLOORS.get(module.room)
        if floor is None:
            yield module.at(1, f"room {module.room} has no floor")
            continue
        for line, name in module.inner_imports:
            target = name.split(".", maxsplit=1)[0]
            if target == module.room:
                continue
            reach = DOOR_REACH + 1 if module.is_door else floor
            if FLOORS.get(target, 99) >= reach:
                yield module.at(line, f"{module.name} (floor {floor}) imports {name} (floor {FLOORS.get(target, '?')})")


def nobody_imports_a_door(root: Path) -> Iterator[str]:
    """(2) A door is opened by doors.py only."""
    known = _known(root)
    for module in modules(root):
        if module.name == "doors":
            continue
        for line, name in module.inner_imports:
            if name in known and known[name].is_door and name != module.name:
                yield module.at(line, f"{module.name} imports the door {name}")


def _rank(module: Module) -> int:
    if module.is_door:
        return 5
    # facts, owing, track_record: what a thing in its new state is to ledger, books and record; the state table hands it on.
    ranks = {"forms": 4, "states": 2, "facts": 2, "owing": 2, "track_record": 2, "models": 1, "rules": 0, "pricing": 0}
    return ranks.get("models" if module.place.startswith("models_") else module.place, 3)


def rooms_keep_their_order(root: Path) -> Iterator[str]:
    """(3) Inside a room: views, forms, verbs, states, models; rules and pricing stand on base (and each other) alone."""
    known = _known(root)
    for module in modules(root):
        rank = _rank(module)
        if rank == 0 and not module.is_pure:
            yield from (
                module.at(line, f"{module.name} is a rule and imports {name}")
                for line, name in module.inner_imports
                if not name.startswith(("base", f"{module.room}.rules"))
            )
        for line, name in module.inner_imports:
            target = known.get(name)
            if target is None or target.room != module.room or target.name == module.name or target.is_pure:
                continue
            if _rank(target) > rank:
                yield module.at(line, f"{module.name} imports {name}, which stands above it in the room")


def framework_stops_at_the_doors(root: Path) -> Iterator[str]:
    """Flask and what hangs on it stay in doors, forms, `web`, and the files at the top."""
    for module in modules(root):
        if module.is_door or module.place == "forms" or module.room in TOP | {"web"} or module.name in FRAMEWORK_EXEMPT:
            continue
        for line, name in module.imports:
            if name.split(".", maxsplit=1)[0] in FRAMEWORK:
                yield module.at(line, f"{module.name} imports {name}: the framework stops at the doors")


def one_file_assigns_state(root: Path) -> Iterator[str]:
    """Only the file of a room's state table moves a thing from state to state."""
    for module in modules(root):
        if module.place == "states":
            continue
        for node in ast.walk(module.tree):
            if _assigns_state(node):
                yield module.at(node.lineno, "assigns .state outside the states.py of its room")


def _assigns_state(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "state" and isinstance(node.ctx, ast.Store | ast.Del)
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name) and node.func.id == "setattr":
        return isinstance(node.args[1], ast.Constant) and node.args[1].value == "state"
    is_update = isinstance(node.func, ast.Attribute) and node.func.attr == "values"
    return is_update and any(keyword.arg == "state" for keyword in node.keywords)


def money_is_exact(root: Path) -> Iterator[str]:
    """No float, no `/`, no round() where money is counted; joining a path to a literal is no division."""
    for module in modules(root):
        if module.room not in MONEY_ROOMS and module.name not in MONEY_MODULES:
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div) and not _joins_path(node):
                yield module.at(node.lineno, "divides with /")
            elif isinstance(node, ast.Constant) and isinstance(node.value, float):
                yield module.at(node.lineno, f"float {node.value}")
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"float", "round"}:
                yield module.at(node.lineno, f"calls {node.func.id}()")


def _joins_path(node: ast.BinOp | ast.AugAssign) -> bool:
    sides = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.value,)
    return any(
        isinstance(side, ast.JoinedStr) or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for side in sides
    )


def commit_only_at_the_door(root: Path) -> Iterator[str]:
    """Verbs never commit: the unit of work does, once."""
    for module in modules(root):
        if module.name in COMMIT_EXEMPT:
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit":
                yield module.at(node.lineno, "commits by itself")


def clock_is_read_at_the_door(root: Path) -> Iterator[str]:
    """Verbs take `now`; only doors, `web`, the top files and the worker read the clock."""
    for module in modules(root):
        if module.is_door or module.room in TOP | {"web"} or module.name in CLOCK_READERS:
            continue
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            if called.endswith(("utc_now", "datetime.now", "datetime.utcnow", "date.today")) or called == "time.time":
                yield module.at(node.lineno, f"reads the clock by {called}()")


def files_and_functions_stay_small(root: Path) -> Iterator[str]:
    """A file has at most 300 lines; a function at most 40 that say something: no docstring, comment or lone bracket."""
    for module in modules(root):
        lines = module.path.read_text().splitlines()
        if len(lines) > MAX_FILE:
            yield module.at(1, f"{len(lines)} lines")
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = lines[node.lineno - 1 : node.end_lineno]
                if ast.get_docstring(node) is not None:
                    text = node.body[0]
                    del body[text.lineno - node.lineno : (text.end_lineno or 0) - node.lineno + 1]
                length = sum(line.strip(" ()[]{},:") != "" and not line.lstrip().startswith("#") for line in body)
                if length > MAX_FUNCTION:
                    yield module.at(node.lineno, f"{node.name} has {length} lines")


def names_say_something(root: Path) -> Iterator[str]:
    """No room and no module is named after nothing."""
    for module in modules(root):
        for part in module.name.split("."):
            if part in EMPTY_NAMES:
                yield module.at(1, f"the name {part} says nothing")


def modules_say_what_they_are(root: Path) -> Iterator[str]:
    """Every module begins with a docstring."""
    for module in modules(root):
        if not ast.get_docstring(module.tree):
            yield module.at(1, "no docstring")


LAWS: Final[tuple[Callable[[Path], Iterator[str]], ...]] = (
    imports_go_down,
    nobody_imports_a_door,
    rooms_keep_their_order,
    framework_stops_at_the_doors,
    one_file_assigns_state,
    money_is_exact,
    commit_only_at_the_door,
    clock_is_read_at_the_door,
    files_and_functions_stay_small,
    names_say_something,
    modules_say_what_they_are,
)
