"""The digest sees the science that a script uses and nothing else."""

from pathlib import Path

import pytest

from symscope.digest import source_digest, used_modules


@pytest.fixture
def package(tmp_path: Path) -> Path:
    root = tmp_path / "symscope"
    for folder in ("", "io", "plotting"):
        (root / folder).mkdir(exist_ok=True)
    (root / "__init__.py").write_text("import symscope.unused_by_scripts\n")
    (root / "unused_by_scripts.py").write_text("x = 1\n")
    (root / "io" / "__init__.py").write_text("from symscope.io.read import read\nfrom symscope.io.write import write\n")
    (root / "io" / "read.py").write_text("from symscope.io import shared\ndef read():\n    return shared.value\n")
    (root / "io" / "write.py").write_text("def write():\n    pass\n")
    (root / "io" / "shared.py").write_text("value = 1\n")
    (root / "plotting" / "__init__.py").write_text("")
    (root / "plotting" / "figure.py").write_text("from .axes import draw\n")
    (root / "plotting" / "axes.py").write_text("def draw():\n    return 0\n")
    (root / "plotting" / "house.mplstyle").write_text("font.size: 9\n")
    return root


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "script.py"
    path.write_text("import numpy\nfrom symscope.io import read\n")
    return path


def test_re_exports_lead_to_the_defining_module_only(package: Path, script: Path) -> None:
    assert used_modules(script, package_root=package) == {package / "io" / "read.py", package / "io" / "shared.py"}


def test_relative_imports_are_followed(package: Path, script: Path) -> None:
    script.write_text("from symscope.plotting.figure import draw\n")
    assert used_modules(script, package_root=package) == {package / "plotting" / n for n in ("figure.py", "axes.py")}


@pytest.mark.parametrize(
    ("file", "text", "changes"),
    [
        ("io/shared.py", "value = 2\n", True),
        ("io/shared.py", '"""Now documented."""\n\n# and with a comment\nvalue = 1\n', False),
        ("io/write.py", "def write():\n    return 1\n", False),
        ("io/__init__.py", "from symscope.io.read import read\n", False),
        ("plotting/house.mplstyle", "font.size: 12\n", False),
    ],
)
def test_what_changes_the_digest(package: Path, script: Path, file: str, text: str, changes: bool) -> None:
    before = source_digest(script, package_root=package)
    (package / file).write_text(text)
    assert (source_digest(script, package_root=package) != before) is changes


def test_assets_count_with_the_modules_of_their_folder(package: Path, script: Path) -> None:
    script.write_text("from symscope.plotting.figure import draw\n")
    before = source_digest(script, package_root=package)
    (package / "plotting" / "house.mplstyle").write_text("font.size: 12\n")
    assert source_digest(script, package_root=package) != before


def test_the_script_itself_counts(package: Path, script: Path) -> None:
    before = source_digest(script, package_root=package)
    script.write_text(script.read_text() + "read()\n")
    assert source_digest(script, package_root=package) != before
