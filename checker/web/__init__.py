"""The web application of `checker serve`: one repository on demand, watched live, over the store and the queue."""
