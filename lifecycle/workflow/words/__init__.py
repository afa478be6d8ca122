"""The words of the language judged, a file for each kind: do they do something where they stand,
and go together?
"""
