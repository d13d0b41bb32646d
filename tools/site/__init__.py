"""The site: notebooks and docs as static pages, with the stored outputs.

``make`` is the command. ``sources`` collects the sources of the pages, ``elsewhere`` has the links
to servers that can run a notebook, ``cells`` and ``extension`` extend Sphinx, and ``check`` finds
requests to other hosts. Sphinx's own files (settings, front page, template, style) are in
docs/site/.
"""
