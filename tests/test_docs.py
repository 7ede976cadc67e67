"""Documentation that can be checked is checked: generated pages, commands, links, the README's Python block."""

import ast
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer

from groundswell.cli import app
from groundswell.cli.write_docs import _commands, pages

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted(
    (ROOT / "docs").rglob("*.md")
)


def test_generated_pages_are_up_to_date():
    stale = [path.name for path, text in pages().items() if path.read_text(encoding="utf-8") != text]
    assert not stale, "run: make docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("path", sorted((ROOT / "examples").rglob("*.py")), ids=lambda p: p.name)
def test_examples_import_what_the_package_has(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("groundswell"):
            for name in (alias.name for alias in node.names):
                if not hasattr(import_module(node.module), name):
                    import_module(f"{node.module}.{name}")


def test_every_command_in_the_readme_exists():
    known = {path.split(" ", 1)[1] for path, _ in _commands(typer.main.get_command(app), "groundswell")}
    used = re.findall(r"^groundswell ([a-z-]+)", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert used
    assert {u for u in used if not any(k == u or k.startswith(u + " ") for k in known)} == set()


def test_every_command_opens_its_help_with_an_example():
    for path, command in _commands(typer.main.get_command(app), "groundswell"):
        assert (command.help or "").lstrip().startswith("[bold]groundswell"), path


def test_help_is_printed():
    done = subprocess.run(
        [sys.executable, "-m", "groundswell", "--help"], capture_output=True, encoding="utf-8", check=True
    )
    assert "groundswell read article.html" in done.stdout


def test_decisions_are_numbered_once():
    numbers = [path.name[:4] for path in (ROOT / "docs/decisions").glob("*.md")]
    assert len(numbers) == len(set(numbers))
    assert all(number.isdigit() for number in numbers)
