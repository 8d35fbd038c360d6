"""One request's walk, start and stop, middleware, faults, events."""
