"""The site: notebooks and docs as static pages, with the stored outputs.

``make`` is the command. ``sources`` collects the sources of the pages, ``elsewhere`` has the links
to servers that can run a notebook, ``cells`` and ``extension`` extend Sphinx, and ``check`` finds
requests to other hosts. ``pyodide``, ``code_zip`` and ``samples`` make the files of the page that
inspects files in a browser. Sphinx's own files (settings, front page, template, style) are in
docs/site/.
"""
