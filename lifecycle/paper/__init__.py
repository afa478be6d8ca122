"""THE PAPER: a letter laid out to the millimetre as PDF and DOCX, and the checker that measures
such files.
"""
