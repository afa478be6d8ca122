"""What binds cases to one another and to days: other cases as read, causes, what is due."""
