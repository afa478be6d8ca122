"""Corrections: what they change, what confirming one will bring, and what later ones make of
the past.
"""
