"""The decision: pure functions from a workflow, a case and a command to what happens next."""
