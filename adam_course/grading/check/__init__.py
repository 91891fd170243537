"""A function against a task, in this process: `check`, and how it judges."""
