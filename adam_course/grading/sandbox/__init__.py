"""Untrusted answers: a notebook is read and its functions are called behind a wall.

Nothing here knows a task: no reference, no target, no tolerance.
"""
