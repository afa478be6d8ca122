"""The rows kept beside the log, computed from it and compared with it by the audit."""
