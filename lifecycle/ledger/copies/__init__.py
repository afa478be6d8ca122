"""A ledger written anew: backups, copies to another database, rows folded again."""
