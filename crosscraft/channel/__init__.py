"""The local conda channel, for machines that cannot reach conda-forge.

:mod:`catalog` says what it holds, :mod:`debian` and :mod:`wheels` fetch the parts,
:mod:`assemble` makes packages of them, :mod:`making` a channel of those, and :mod:`local` says what
is in it.
"""
