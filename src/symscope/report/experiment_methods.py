"""What methods are called in a sentence."""

METHODS = {
    "liegan": "LieGAN",
    "symmetrygan": "SymmetryGAN",
    "augerino": "Augerino",
    "liegg": "LieGG",
    "msr": "MSR",
    "null_space": "the null-space engine",
    "symmetrylens_published": "SymmetryLens, published way",
    "symmetrylens_fast": "SymmetryLens, fast way",
    "symmetrylens_images": "SymmetryLens for images",
}
"""By the name that the configuration has."""


def method_title(method: str, own: str = "") -> str:
    """Give what a method is called, with the user's own name for it in parentheses where that says more."""
    title = METHODS.get(method, method)
    return title if own in ("", method) else f"{title} ({own.replace('_', ' ')})"
