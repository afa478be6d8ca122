"""The channels by which letters go – mail, folder, webhook – and what the other side answered."""
