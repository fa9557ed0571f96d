"""Every file appears whole or not at all: no code writes a file but through the helpers that see to it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HELPERS = {"atomic_path", "sealed_hdf5"}
"""What gives a path aside, or a file there."""
METHODS = {
    "write_text",
    "write_bytes",
    "savefig",
    "save",
    "savez",
    "savez_compressed",
    "savetxt",
    "tofile",
    "to_csv",
    "to_json",
    "to_parquet",
    "to_hdf",
    "to_html",
    "to_latex",
    "write_table",
    "recreate",
    "dump",
    "copy",
    "copy2",
    "copyfile",
    "move",
}
"""Names of functions that write files, in the libraries that are used."""
OWNERS = {
    "dump": {"json", "yaml", "pickle"},
    "copy": {"shutil"},
    "move": {"shutil"},
    "save": {"torch", "np", "numpy"},
    "write_table": {"parquet", "csv"},
}
"""Of names that mean something else too: the modules of which they write files. A picture's `save` has a format."""
EXCUSED = {
    ("symscope/io/sealed.py", "seal_file"): "writes into the file aside",
    ("symscope/data/shuffle.py", "add"): "buckets in a folder of this process' own, which nobody reads afterwards",
    ("symscope/data/download.py", "_copy"): "a part that is kept to be continued, verified, and renamed",
    ("symscope/joblog.py", "_own_log"): "a log, which is read while it grows",
    ("symscope/io/atomic.py", "atomic_path"): "the helper itself",
    ("symscope/io/sealed.py", "reserve"): "reserves room for the file aside",
    ("symscope/io/checkpoints.py", "_packed"): "writes into memory",
    ("symscope/cli/project_folder.py", "make_project"): "a new folder, which is removed where anything fails",
    ("symscope/training/job.py", "train_together"): "a message to other processes in a temporary folder",
    ("measure_speed.py", "the module"): "a log, which is read while it grows",
    ("symscope/config/export.py", "export"): "a command for developers; what it writes is under version control",
}


def _sources(repository: Path) -> Iterator[tuple[str, ast.Module]]:
    for root in (repository / "src", repository / "workflow" / "scripts"):
        for path in sorted(root.rglob("*.py")):
            yield str(path.relative_to(root)), ast.parse(path.read_text(encoding="utf-8"))


class _Writers(ast.NodeVisitor):
    """Calls that write a file, with the function they are in and whether a helper gave the path."""

    def __init__(self) -> None:
        self.found: list[tuple[str, int, str]] = []
        self._functions = ["the module"]
        self._aside: list[set[str]] = [set()]

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._functions.append(node.name)
        self._aside.append(set())
        self.generic_visit(node)
        self._functions.pop()
        self._aside.pop()

    def visit_With(self, node: ast.With) -> None:
        for item in node.items:
            called = item.context_expr
            if (
                isinstance(called, ast.Call)
                and _name(called.func) in HELPERS
                and isinstance(item.optional_vars, ast.Name)
            ):
                self._aside[-1].add(item.optional_vars.id)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        written = _written(node)
        if written is not None and not (_names(written) & self._aside[-1]):
            self.found.append((self._functions[-1], node.lineno, ast.unparse(node)[:80]))
        self.generic_visit(node)


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _written(node: ast.Call) -> ast.AST | None:
    """The call where it writes a file, with its path in it; otherwise None."""
    name, owner = _name(node.func), _name(getattr(node.func, "value", node.func))
    told = [*node.args[:2], *(word.value for word in node.keywords if word.arg == "mode")]
    strings = [part.value for place in told for part in ast.walk(place) if isinstance(part, ast.Constant)]
    modes = [text for text in strings if isinstance(text, str) and len(text) <= 3 and set(text) & set("wax+")]
    if name in {"open", "File", "fdopen"} and modes:
        return node
    if name in METHODS and (
        name not in OWNERS or owner in OWNERS[name] or any(w.arg == "format" for w in node.keywords)
    ):
        return node
    return None


def _writers(tree: ast.Module) -> list[tuple[str, int, str]]:
    visitor = _Writers()
    visitor.visit(tree)
    return visitor.found


def test_nothing_is_written_but_aside(repository: Path) -> None:
    found = {
        (name, function): f"{name}:{line} in {function}: {text}"
        for name, tree in _sources(repository)
        for function, line, text in _writers(tree)
    }
    assert [text for place, text in found.items() if place not in EXCUSED] == []


@pytest.mark.parametrize(
    "line",
    [
        "open(path, 'w').write(text)",
        "path.open('wb')",
        "path.open(mode='a')",
        "path.write_text(text)",
        "h5py.File(path, 'w')",
        "h5py.File(path, mode='r+')",
        "figure.savefig(path)",
        "torch.save(state, path)",
        "np.savez(path, x=x)",
        "np.save(path, x)",
        "frame.to_csv(path)",
        "uproot.recreate(path)",
        "json.dump(values, file)",
        "shutil.copy(one, path)",
        "image.save(path, format='GIF')",
    ],
)
def test_a_writer_is_found(line: str) -> None:
    assert _writers(ast.parse(f"def f(path):\n    {line}\n")) != []
    aside = line.replace("path", "aside").replace("file)", "aside)")
    assert _writers(ast.parse(f"def f(path):\n    with atomic_path(path) as aside:\n        {aside}\n")) == []


@pytest.mark.parametrize(
    "line", ["path.open()", "open(path, 'rb')", "h5py.File(path, 'r')", "values.copy()", "a.x.copy()"]
)
def test_a_reader_is_none(line: str) -> None:
    assert _writers(ast.parse(line)) == []


def test_every_excuse_is_needed(repository: Path) -> None:
    found = {(name, function) for name, tree in _sources(repository) for function, _, _ in _writers(tree)}
    assert set(EXCUSED) <= found
