"""The local conda channel, for machines that cannot reach conda-forge.

:mod:`catalog` lists its packages. :mod:`debian` and :mod:`wheels` download the sources,
:mod:`assemble` makes packages of them, and :mod:`make` makes the channel. :mod:`local` finds and
lists it.
"""
