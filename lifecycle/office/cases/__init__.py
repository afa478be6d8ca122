"""Use cases on cases: acting on them, one by one or many, and looking at them."""
