"""symscope finds the symmetries of physics data and puts them to use."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("symscope")
except PackageNotFoundError:  # run from a checkout with PYTHONPATH=src
    __version__ = "0+uninstalled"
