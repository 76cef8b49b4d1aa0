"""Command handlers, one command group a file; the file's name is the group's.

A handler's module needs only be here: `registry.declarations` loads every one.
"""
