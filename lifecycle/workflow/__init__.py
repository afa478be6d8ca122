"""The rules: YAML text to a judged, frozen Workflow."""
