"""A repository checks itself in its own CI: summary, annotations, outputs, comment, published badge."""
