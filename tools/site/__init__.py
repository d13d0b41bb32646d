"""The site to read: notebooks and docs as static pages, with their committed outputs.

``make`` is the command. ``sources`` gathers what the pages are made from, ``elsewhere`` knows
where a page can be opened to be run, ``cells`` and ``extension`` are what Sphinx needs from us,
``check`` finds what pages fetch from other hosts. Sphinx's own files (settings, front page,
template, style) are in docs/site/.
"""
