"""YAML with places: every fault of a file at once, each where it stands."""
