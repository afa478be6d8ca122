"""Other people's formats: spreadsheets, YAML lists, diagrams, JSON Schema."""
