"""Files people already have, read into rows, and rows into facts."""
