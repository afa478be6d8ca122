"""Letters of whatever origin measured against GB/T 9704 and read for what they say."""
