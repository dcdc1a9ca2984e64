"""The domain, which a fork replaces: lists of todos.

A request goes routes -> store -> storage, one of a browser page -> store -> storage. `models` says
what a caller may send.
"""
