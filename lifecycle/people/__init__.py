"""Officers, units, roles, delegations and published definitions: the office's own chain of entries,
folded.
"""
