"""The house rules a machine can check: import direction, no work at import, sizes, one broad except, everything tidy."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "src" / "groundswell"
MODULES = sorted(ROOT.rglob("*.py"))
# A module may import from its own layer's package and from earlier layers only; siblings on one line never import each other.
LAYERS = [
    {"values", "errors"},
    {"records"},
    {"pipeline", "lexicon", "models", "points", "spans", "trees"},
    {"ingest", "analyse", "resolve", "happenings"},
    {"assemble"},
    {"public_json"},
    {"store"},
    {"link", "review", "export"},
    {"serve"},
    {"presets"},
    {"api"},
    {"evaluate", "engines"},
    {"train"},
    {"cli"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
# (importer, imported) pairs beyond the layers, each with its reason.
ALLOWED = {
    ("api", "export"),
    ("values", "records"),
}


def part_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports_of(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("groundswell."):
            found.add(node.module.split(".")[1])
        elif isinstance(node, ast.ImportFrom) and node.module == "groundswell":
            found.update(alias.name for alias in node.names if alias.name in LEVEL)
        elif isinstance(node, ast.Import):
            found.update(a.name.split(".")[1] for a in node.names if a.name.startswith("groundswell."))
    return found


@pytest.fixture(scope="module")
def trees():
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}


def test_every_module_has_a_layer():
    unknown = {part_of(p) for p in MODULES} - set(LEVEL) - {"__init__", "__main__"}
    assert not unknown


def test_imports_point_only_upwards(trees):
    wrong = []
    for path, tree in trees.items():
        here = part_of(path)
        if here in ("__init__", "__main__"):
            continue
        for there in imports_of(tree) - {here}:
            if LEVEL[there] >= LEVEL[here] and (here, there) not in ALLOWED:
                wrong.append(f"{path.relative_to(ROOT)} imports {there}")
    assert not wrong


def functions(tree):
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_functions_and_modules_stay_small(trees):
    lengths = [
        (node.end_lineno - node.lineno + 1, f"{path.relative_to(ROOT)}:{node.name}")
        for path, tree in trees.items()
        for node in functions(tree)
    ]
    assert not [entry for entry in lengths if entry[0] > 80]
    assert sum(1 for length, _ in lengths if length <= 50) >= 0.95 * len(lengths)
    assert not [str(p.relative_to(ROOT)) for p in MODULES if len(p.read_text(encoding="utf-8").splitlines()) > 400]


def test_one_broad_except_in_the_system(trees):
    broad = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")))
        and not (isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None)  # cleans up and raises again
    ]
    assert [place.split(":")[0] for place in broad] == ["pipeline.py"]


def test_only_the_command_line_prints_prompts_or_exits(trees):
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in trees.items()
        if part_of(path) not in ("cli",) and not path.name.startswith("__main__")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id in ("print", "input", "exit", "quit"))
            or (
                isinstance(node.func, ast.Attribute)
                and node.func.attr == "exit"
                and getattr(node.func.value, "id", "") == "sys"
            )
        )
        and not _under_main_guard(tree, node)
    ]
    assert not wrong


def _under_main_guard(tree: ast.Module, call: ast.Call) -> bool:
    """Measuring modules may be run by hand: what they print stands in ``main`` or behind the usual guard."""
    for node in tree.body:
        named_main = isinstance(node, ast.FunctionDef) and node.name == "main"
        guard = isinstance(node, ast.If) and "__main__" in ast.dump(node.test)
        if (named_main or guard) and node.lineno <= call.lineno <= node.end_lineno:
            return True
    return False


def test_every_module_says_what_it_is_for(trees):
    assert not [str(p.relative_to(ROOT)) for p, tree in trees.items() if not ast.get_docstring(tree)]


def test_no_module_is_named_for_nothing():
    assert not [str(p) for p in MODULES if p.stem in ("utils", "util", "helpers", "common", "misc")]


def test_importing_the_package_is_light():
    code = "import sys, groundswell.cli; print([m for m in ('numpy','onnxruntime','pandas','trafilatura','spacy','torch') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "[]"


def test_the_command_line_knows_at_most_a_dozen_public_names():
    import groundswell

    assert len(groundswell.__all__) <= 12
    assert all(getattr(groundswell, name) is not None for name in groundswell.__all__)
