"""What a judgement is told: the day and who is in office, the calendar, the other cases, and the
names that conditions see.
"""
