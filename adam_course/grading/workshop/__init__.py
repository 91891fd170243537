"""For those who write tasks: is a task well made?"""
