"""The record: entries as stored bytes, the database that holds them, replay and audit."""
