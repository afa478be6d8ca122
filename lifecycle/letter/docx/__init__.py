"""A letter as DOCX, written as OOXML directly so that the bytes are fixed."""
