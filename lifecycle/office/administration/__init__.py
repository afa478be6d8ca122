"""Use cases of the administrator and the auditor: people, rules, the database, the demo."""
