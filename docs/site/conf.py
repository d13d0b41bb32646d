"""How Sphinx makes the site. `python -m tools.site.make` calls it."""

import os

from crosscraft.paths import ROOT, __version__
from tools.site import elsewhere

project = "Crosscraft"
author = "The Crosscraft developers"
release = __version__
extensions = ["myst_nb", "tools.site.extension"]
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb"}
# A listing of a folder, and what it lists, is reached by the link that asked for it.
suppress_warnings = ["toc.not_included"]
crosscraft_places = elsewhere.read(ROOT / "pyproject.toml", os.environ)

# The outputs are those that were committed.
nb_execution_mode = "off"
# Stored outputs are static: no script for live widgets, from wherever.
nb_ipywidgets_js = {}
# A dollar sign is a variable here, and no formula.
myst_enable_extensions = ["html_image"]
myst_heading_anchors = 4
# Most of what is shown and has no language named is what a command prints.
highlight_language = "text"

html_theme = "furo"
html_title = "Crosscraft"
html_static_path = ["static"]
templates_path = ["templates"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_favicon = "static/icon.svg"
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False
html_use_index = False
html_domain_indices = False
html_theme_options = {"top_of_page_buttons": []}
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
