"""THE POST: senders that hand a letter over – mail, folder, webhook – and say what the other side
answered.
"""
