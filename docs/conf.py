"""Sphinx: the documentation, built without a network and readable from disk. `make docs` builds it."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The checkout that the pages belong to, whatever is installed; and the pages' own extension.
sys.path[:0] = [str(HERE), str(HERE.parent / "src")]

import symscope

project = "symscope"
author = "the symscope authors"
copyright = author
version = release = symscope.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "extension",
]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
templates_path = []

# Markdown.
myst_enable_extensions = ["deflist", "colon_fence", "attrs_inline"]
myst_heading_anchors = 3

# Reference of the package, from its docstrings.
autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
maximum_signature_line_length = 90
default_role = "code"
add_module_names = False
# Class and function of one name in several modules are meant by their full names alone.
suppress_warnings = ["ref.python"]

html_theme = "furo"
html_title = "symscope"
html_static_path = ["static"]
html_css_files = ["pages.css"]
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False
# Summaries of found pages are fetched, which a browser refuses from disk.
html_show_search_summary = False
