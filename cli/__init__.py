"""How people say and ask it: commands, formats, the demo."""

__version__ = "0.1.0"
