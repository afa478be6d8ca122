"""How the sections of a workflow file are read."""
