"""How Sphinx builds the site: ``python -m sphinx -W docs docs/_build``."""

import sys
from pathlib import Path

import psgkit

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "psgkit"
author = "The psgkit developers"
copyright = "The psgkit developers"
version = release = psgkit.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "reference_pages",
]
exclude_patterns = ["_build", "_ext", "jupyter_execute"]
suppress_warnings = ["myst.header"]  # a generated page may start at any level

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 4

# A notebook is Markdown with code cells; it runs at each build.
nb_execution_mode = "force"
nb_execution_timeout = 300
nb_execution_raise_on_error = True
nb_merge_streams = True

autosummary_generate = True
autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False

html_theme = "pydata_sphinx_theme"
html_title = "psgkit"
html_static_path = ["_static"]
html_css_files = ["psgkit.css"]
html_show_sourcelink = False
html_theme_options = {
    "navigation_with_keys": False,
    "show_prev_next": True,
    "show_toc_level": 2,
    "secondary_sidebar_items": ["page-toc"],
}
