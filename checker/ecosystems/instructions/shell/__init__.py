"""Shell text by its grammar: `reader` is the door, the rest are the parts of the walk."""
