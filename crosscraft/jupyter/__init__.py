"""JupyterLab, as a learner has it."""
