"""Tables and statements: defined once with SQLModel, compiled to text, of which a command imports
the text only.
"""
