"""A digest of the science that a script uses, so that a workflow can rerun exactly the jobs that an edit touches.

The digest follows the import statements of a script through the package, without running anything. Comments,
docstrings and formatting do not count; neither do names that a package merely re-exports. Files that travel with a
module but are no Python (templates, style sheets) count with the modules of their folder.
"""

import ast
import hashlib
from functools import cache
from pathlib import Path

PACKAGE = "symscope"
_ROOT = Path(__file__).resolve().parent


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
    digest = hashlib.sha256(_fingerprint(script))
    for module in sorted(used_modules(script, package_root=package_root)):
        digest.update(str(module.relative_to(package_root)).encode())
        digest.update(_fingerprint(module))
        for asset in _assets(module.parent):
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
    modules: set[Path] = set()
    for node in ast.walk(_tree(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                modules |= _resolve(alias.name, None, package_root)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, source, package_root)
            for alias in node.names:
                modules |= _resolve(base, alias.name, package_root)
    return modules


def _absolute(node: ast.ImportFrom, source: Path, package_root: Path) -> str:
    """Dotted name of the module that a ``from ... import`` statement reads, relative ones resolved."""
    if node.level == 0:
        return node.module or ""
    parts = (PACKAGE, *source.relative_to(package_root).parent.parts)
    parent = parts[: len(parts) - node.level + 1]
    return ".".join((*parent, node.module) if node.module else parent)


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
        for node in _tree(init).body if init.is_file() else []:
            if isinstance(node, ast.ImportFrom) and any((a.asname or a.name) == name for a in node.names):
                original = next(a.name for a in node.names if (a.asname or a.name) == name)
                source = _resolve(_absolute(node, init, package_root), original, package_root)
                if source:
                    return source
    return {init} if init.is_file() else set()


def _assets(folder: Path) -> list[Path]:
    """Files that belong to the modules of a folder but are no Python: not those of sub-packages."""
    subpackages = {p.parent for p in folder.glob("*/__init__.py")}
    return sorted(
        p
        for p in folder.rglob("*")
        if p.is_file()
        and p.suffix not in {".py", ".pyc", ".typed"}
        and "__pycache__" not in p.parts
        and not subpackages.intersection(p.parents)
    )


def _fingerprint(source: Path) -> bytes:
    """Syntax tree of a file as text, without docstrings and positions."""
    return _fingerprint_text(source.read_text())


@cache
def _fingerprint_text(text: str) -> bytes:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [s for s in body if not _is_docstring(s)]  # type: ignore[attr-defined]
    return ast.dump(tree).encode()


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _tree(source: Path) -> ast.Module:
    return _parse(source.read_text())


@cache
def _parse(text: str) -> ast.Module:
    return ast.parse(text)
