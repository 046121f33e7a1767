"""What is known as linked data: a graph beside the store, SPARQL over it, and an RO-Crate for each check."""
