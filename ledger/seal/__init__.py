"""Proof that nothing was altered: the log of facts as a transparency log in the C2SP formats.

`merkle` is the mathematics, pure and without I/O; `note` signs, `checkpoint` and `proof` are the
texts that others can check with software we did not write.
"""
