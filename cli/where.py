"""The table "Where things live" of CONTRIBUTING.md, made from the first lines of packages and modules."""

from __future__ import annotations

import ast
from collections.abc import Collection
from pathlib import Path

ROOT = Path(__file__).parent.parent
MAPPERS, WORKERS = ROOT / "mappers", ROOT / "workers"
PAGES = ROOT / "console"
COMMANDS = {"tie_out": "report"}
"""The commands that have another name than their noun."""
BEGIN, END = "<!-- Made from the code by `python -m cli.reference`: -->\n", "<!-- to here -->"


def contributing(commands: Collection[str]) -> str:
    """Return CONTRIBUTING.md with the table as the code has it now."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table(commands)}\n{END}{after}"


def table(commands: Collection[str]) -> str:
    """Return one row for each noun, those with a command of their own first."""
    rows = ["| | decided in `mappers/` | done in `workers/` | command | pages |", "|---|---|---|---|---|"]
    for noun in sorted(nouns(commands), key=lambda noun: (_command(noun) not in commands, noun)):
        command = f"[`tieout {_command(noun)}`](cli/{_command(noun)}.py)" if _command(noun) in commands else ""
        pages = f"[`{noun}.py`](console/{noun}.py)" if (PAGES / f"{noun}.py").exists() else ""
        rows.append(f"| {noun} | {_cell(MAPPERS, noun)} | {_cell(WORKERS, noun)} | {command} | {pages} |")
    return "\n".join(rows) + "\n"


def _command(noun: str) -> str:
    """Return what the command of a noun is called, if it has one."""
    return COMMANDS.get(noun, noun)


def nouns(commands: Collection[str]) -> set[str]:
    """Return the names of all packages, and of the single modules that have a command."""
    packages = {package.parent.name for folder in (MAPPERS, WORKERS) for package in folder.glob("*/__init__.py")}
    return packages | {name for name in commands if _cell(MAPPERS, name) or _cell(WORKERS, name)}


def _cell(folder: Path, noun: str) -> str:
    """Return a link to the package or the module of a noun, and its first line; "" when it has none."""
    package = folder / noun / "__init__.py"
    if package.exists():
        return f"[`{noun}/`]({folder.name}/{noun}): {_first_line(package)}"
    for module in (folder / f"{noun}.py", *sorted(folder.glob(f"*/{noun}.py"))):
        if module.exists():
            return f"[`{module.relative_to(folder)}`]({module.relative_to(ROOT)}): {_first_line(module)}"
    return ""


def _first_line(module: Path) -> str:
    """Return the first line of a module's docstring, read without importing it."""
    docstring = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n")[0]
