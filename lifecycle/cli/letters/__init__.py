"""What officers, clerks and receivers do with letters."""
