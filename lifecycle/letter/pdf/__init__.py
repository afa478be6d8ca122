"""THE TYPESETTER: a letter as values, one Typst template for all layouts, and the PDF that the two
make.
"""
