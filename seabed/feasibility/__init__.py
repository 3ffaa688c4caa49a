"""Whether it pays: resource, technology, logistics, economics, environment and supply."""
