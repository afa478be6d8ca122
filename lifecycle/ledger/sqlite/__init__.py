"""The ledger's store in a SQLite file."""
