"""Values: times, counts, places, sources, ids; each one text in files and on the screen."""
