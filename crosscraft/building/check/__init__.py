"""Find the traps of cross-compiling in a project, in a build's log, or in a package."""
