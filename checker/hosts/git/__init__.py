"""Git without trust: clone, read and write out objects, never run anything."""
