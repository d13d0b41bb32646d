"""Facts about packages, binaries and recipes, shown: as text, as static HTML, as widgets."""
