"""Sphinx configuration. Built by ``make docs``, where warnings are errors; needs no network."""

import os

# Set before anything imports TensorFlow: no start-up messages on the pages of the gallery.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from sphinx_gallery.sorting import ExplicitOrder

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
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build"]
templates_path = ["_templates"]
# The gallery by job, from a first forecast to questions about networks.
EXAMPLES = [
    "plot_first_forecast.py",
    "plot_intervals.py",
    "plot_known_covariates.py",
    "plot_backtest.py",
    "plot_many_series.py",
    "plot_stations.py",
    "plot_real_series.py",
    "plot_reference_job.py",
    "plot_grid_search.py",
    "plot_cells.py",
    "plot_layers_and_units.py",
    "plot_motion.py",
    "plot_speech.py",
    "plot_sentiment.py",
    "plot_text_generation.py",
    "*",  # those that have no place yet
]
sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "filename_pattern": "plot_",
    "within_subsection_order": ExplicitOrder(EXAMPLES),
    # An example that fails is a warning, and so an error.
    "abort_on_example_error": False,
    # Two processes, as in `make test`: an example computes on one core most of the time.
    "parallel": 2,
    "download_all_examples": False,
    "remove_config_comments": True,
    "show_memory": False,
    "show_signature": False,
    # The last expression of a cell is not printed: examples print what they mean to show.
    "capture_repr": (),
    "matplotlib_animations": False,
}
# Sphinx would look for a page of the same name for each inherited scikit-learn member.
numpydoc_show_class_members = False
autosummary_generate = True
# In the table of contents of a class its members have their own names only.
toc_object_entries_show_parents = "hide"
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
# In the header of each page: pages are built for each version, from its tag.
html_title = f"skgru {release}"
html_css_files = ["skgru.css"]
html_theme_options = {
    "show_prev_next": True,
    # All pages are in the sidebar; the header has the search and the switch for colours.
    "navbar_center": [],
}
html_sidebars = {"**": ["sidebar-pages"]}
