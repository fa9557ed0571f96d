"""The simple real Lie algebras of low dimension: what tells them apart, and their names.

A simple real algebra is told here by its dimension, the number of positive eigenvalues of its Killing form (the dimension of its
non-compact part) and whether it is a complex algebra seen as a real one (Helgason 1978, chapter X, table V).
"""

from typing import NamedTuple

LARGEST = 36
"""Largest dimension in the table."""


class Form(NamedTuple):
    """One name of a simple algebra, with the representation that the name stands for."""

    name: str
    dim: int
    """Real dimension of the defining representation."""
    trace_index: float
    """tr(x x) in that representation over the Killing form of x with itself."""


class SimpleType(NamedTuple):
    """What tells a simple real algebra from others."""

    dimension: int
    positive: int
    """Positive eigenvalues of the Killing form."""
    is_complex: bool


def _class_of(family: str, rank: int) -> str:
    """Name of the complex algebra, the same for families that coincide at low rank."""
    same = {"B1": "A1", "C1": "A1", "C2": "B2", "D3": "A3"}
    return same.get(f"{family}{rank}", f"{family}{rank}")


def _orthogonal(size: int) -> str:
    return _class_of("B" if size % 2 else "D", size // 2)


def _entries() -> list[tuple[str, SimpleType, Form]]:
    found: list[tuple[str, SimpleType, Form]] = []
    for n in range(3, 10):
        if n != 4:
            for p in range(n // 2 + 1):
                name = f"so({p},{n - p})" if p else f"so({n})"
                kind = SimpleType(n * (n - 1) // 2, p * (n - p), False)
                found.append((_orthogonal(n), kind, Form(name, n, 1.0 / (n - 2))))
            if n > 4:
                kind = SimpleType(n * (n - 1), n * (n - 1) // 2, True)
                found.append((_orthogonal(n), kind, Form(f"so({n},C)", 2 * n, 1.0 / (n - 2))))
    found.append(("A1", SimpleType(6, 3, True), Form("so(1,3)", 4, 0.5)))
    for n in range(2, 7):
        for p in range(n // 2 + 1):
            name = f"su({p},{n - p})" if p else f"su({n})"
            found.append(
                (_class_of("A", n - 1), SimpleType(n * n - 1, 2 * p * (n - p), False), Form(name, 2 * n, 1.0 / n))
            )
        real = SimpleType(n * n - 1, n * (n + 1) // 2 - 1, False)
        found.append((_class_of("A", n - 1), real, Form(f"sl({n},R)", n, 0.5 / n)))
        both = SimpleType(2 * (n * n - 1), n * n - 1, True)
        found.append((_class_of("A", n - 1), both, Form(f"sl({n},C)", 2 * n, 0.5 / n)))
    for n in range(1, 5):
        dimension = n * (2 * n + 1)
        real = SimpleType(dimension, n * (n + 1), False)
        found.append((_class_of("C", n), real, Form(f"sp({2 * n},R)", 2 * n, 0.5 / (n + 1))))
        for p in range(n // 2 + 1 if n > 1 else 0):
            name = f"sp({p},{n - p})" if p else f"sp({n})"
            kind = SimpleType(dimension, 4 * p * (n - p), False)
            found.append((_class_of("C", n), kind, Form(name, 4 * n, 1.0 / (n + 1))))
    # so*(6) is su(1,3), so*(8) is so(2,6) and su*(4) is so(1,5), which stand above.
    found.append(("A5", SimpleType(35, 14, False), Form("su*(6)", 12, 1.0 / 6)))
    found.append(("G2", SimpleType(14, 0, False), Form("g2", 7, 0.25)))
    found.append(("G2", SimpleType(14, 8, False), Form("g2 (split)", 7, 0.25)))
    return [entry for entry in found if entry[1].dimension <= LARGEST]


def _table() -> dict[SimpleType, dict[str, tuple[Form, ...]]]:
    table: dict[SimpleType, dict[str, tuple[Form, ...]]] = {}
    for family, kind, form in _entries():
        classes = table.setdefault(kind, {})
        classes[family] = (*classes.get(family, ()), form)
    return table


TABLE = _table()
"""Names by type and complex class. More than one class to a type means that the type alone does not tell the algebra."""
