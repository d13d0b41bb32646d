"""JupyterLab as learners use it."""
