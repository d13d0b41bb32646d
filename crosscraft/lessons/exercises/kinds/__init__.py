"""The kinds of exercises that need more than a check: what each one is made of."""
