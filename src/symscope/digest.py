"""A digest of the science that a script uses, so that a workflow can rerun exactly the jobs that an edit touches.

The digest follows the import statements of a script through the package, without running anything. Comments,
docstrings and formatting do not count; neither do names that a package merely re-exports. Files that travel with a
module but are no Python (templates, style sheets) count with the modules of their folder.
"""

import ast
import hashlib
from functools import cache
from pathlib import Path
from typing import NamedTuple

PACKAGE = "symscope"
_ROOT = Path(__file__).resolve().parent


class _Import(NamedTuple):
    """One name of an import statement."""

    level: int
    """Leading dots."""
    module: str
    """What stands after `from`, or after `import`."""
    name: str | None
    """What is imported from it; None for a plain `import`."""
    known_as: str
    """Name that it has afterwards."""


class _Source(NamedTuple):
    """What counts of one file."""

    imports: tuple[_Import, ...]
    fingerprint: bytes
    """Syntax tree as text, without docstrings and positions."""


def source_digest(script: Path, *, package_root: Path = _ROOT) -> str:
    """Digest of a script and of all package modules that it imports, directly or not.

    Parameters
    ----------
    script
        A Python file outside the package, such as a workflow adapter.
    package_root
        Folder of the package ``symscope``; a test passes a copy.

    Returns
    -------
    str
        16 hexadecimal digits; equal for two sources that differ only in comments, docstrings or layout.
    """
    digest = hashlib.sha256(_read(script).fingerprint)
    modules = sorted(used_modules(script, package_root=package_root))
    for module in modules:
        digest.update(str(module.relative_to(package_root)).encode())
        digest.update(_read(module).fingerprint)
    for folder in sorted({module.parent for module in modules}):
        for asset in _assets(folder):
            digest.update(asset.read_bytes())
    return digest.hexdigest()[:16]


def used_modules(script: Path, *, package_root: Path = _ROOT) -> set[Path]:
    """Files of the package that `script` imports, directly or through other modules of the package."""
    found: set[Path] = set()
    pending = _imports(script, package_root)
    while pending:
        module = pending.pop()
        if module not in found:
            found.add(module)
            pending |= _imports(module, package_root) - found
    return found


def _imports(source: Path, package_root: Path) -> set[Path]:
    """Package files that the import statements of one file name."""
    return {
        module
        for one in _read(source).imports
        for module in _resolve(_absolute(one, source, package_root), one.name, package_root)
    }


def _absolute(one: _Import, source: Path, package_root: Path) -> str:
    """Dotted name of the module that an import statement reads, relative ones resolved."""
    if one.level == 0:
        return one.module
    parts = (PACKAGE, *source.relative_to(package_root).parent.parts)
    parent = parts[: len(parts) - one.level + 1]
    return ".".join((*parent, one.module) if one.module else parent)


def _resolve(dotted: str, name: str | None, package_root: Path) -> set[Path]:
    """File that defines `name` of module `dotted`; re-exports by a package's ``__init__`` are followed to their source."""
    parts = dotted.split(".")
    if parts[0] != PACKAGE:
        return set()
    location = package_root.joinpath(*parts[1:])
    if location.with_suffix(".py").is_file() and parts != [PACKAGE]:
        return {location.with_suffix(".py")}
    init = location / "__init__.py"
    if name is not None:
        if (location / f"{name}.py").is_file():
            return {location / f"{name}.py"}
        if (location / name / "__init__.py").is_file():
            return {location / name / "__init__.py"}
        for one in _read(init).imports if init.is_file() else ():
            if one.name is not None and one.known_as == name:
                source = _resolve(_absolute(one, init, package_root), one.name, package_root)
                if source:
                    return source
    return {init} if init.is_file() else set()


@cache
def _assets(folder: Path) -> tuple[Path, ...]:
    """Files that belong to the modules of a folder but are no Python: not those of sub-packages."""
    subpackages = {p.parent for p in folder.glob("*/__init__.py")}
    return tuple(
        sorted(
            p
            for p in folder.rglob("*")
            if p.is_file()
            and p.suffix not in {".py", ".pyc", ".typed"}
            and "__pycache__" not in p.parts
            and not subpackages.intersection(p.parents)
        )
    )


def _read(source: Path) -> _Source:
    return _read_text(source.read_text())


@cache
def _read_text(text: str) -> _Source:
    """Parse a file once; many rules share most of the package, and every start of the workflow asks for all of them."""
    tree = ast.parse(text)
    imports: list[_Import] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imports += [_Import(0, alias.name, None, alias.asname or alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            imports += [_Import(node.level, module, alias.name, alias.asname or alias.name) for alias in node.names]
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [s for s in body if not _is_docstring(s)]  # type: ignore[attr-defined]
    return _Source(tuple(imports), ast.dump(tree).encode())


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
