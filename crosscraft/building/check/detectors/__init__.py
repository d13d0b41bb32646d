"""How each trap is found: a function for each, in a file for each kind of source."""
