"""Use cases on letters: from draft to answer, and templates."""
