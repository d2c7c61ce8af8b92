"""The kinds of facts, one family a file: the class, its rule, and its steps as a table."""
