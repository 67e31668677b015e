"""What the labelled items are made of: facts, what surrounds them, and what only looks like one."""
