"""The product imports what its users install, and nothing that only we have."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.unit.docs.test_layout import PRODUCT, ROOT

RUN_BY_USERS = (*PRODUCT, "standins", "firstrun")
PINNED = frozenset(re.findall(r"^([a-z0-9.-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE))


def _modules() -> Iterator[Path]:
    for folder in RUN_BY_USERS:
        yield from (ROOT / folder).rglob("*.py")
    yield from ROOT.glob("*.py")


def _imported(module: Path) -> Iterator[str]:
    """Yield the packages that a module imports anywhere in it, but for its types."""
    tree = ast.parse(module.read_text())
    for_types = {node for branch in ast.walk(tree) if _is_for_types(branch) for node in ast.walk(branch)}
    for node in ast.walk(tree):
        if node in for_types:
            continue
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def test_every_package_that_the_product_imports_is_installed_for_its_users() -> None:
    ours = {path.stem for path in ROOT.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    of_users = {
        name: {re.sub(r"[-_.]+", "-", made).lower() for made in makers}
        for name, makers in packages_distributions().items()
    }
    missing = {
        f"{module.relative_to(ROOT)}: {name}"
        for module in _modules()
        for name in _imported(module)
        if name not in ours and name not in sys.stdlib_module_names and not of_users.get(name, set()) & PINNED
    }
    assert missing == set(), "add it to requirements.in"
