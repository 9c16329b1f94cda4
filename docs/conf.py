"""Sphinx configuration. Built by ``make docs``, where warnings are errors; needs no network."""

import skgru

project = "skgru"
author = "The skgru developers"
copyright = "The skgru developers"
release = version = skgru.__version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
]
exclude_patterns = ["_build"]
# Sphinx would look for a page of the same name for each inherited scikit-learn member.
numpydoc_show_class_members = False
autosummary_generate = True
autodoc_default_options = {
    "members": True,
    # scikit-learn writes these methods, with links into its own documentation.
    "exclude-members": "set_fit_request, set_partial_fit_request, set_score_request",
}
# Signatures already carry the names and defaults; the docstrings say the types in words.
autodoc_typehints = "none"
myst_heading_anchors = 3

html_theme = "pydata_sphinx_theme"
html_static_path = ["_static"]
html_title = "skgru"
html_theme_options = {"show_prev_next": False}
html_sidebars = {"**": []}
