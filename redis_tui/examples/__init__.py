"""Example scripts as package data: one ``NAME.lua`` with a ``NAME.toml`` of presets beside it.

Read through `redis_tui.workspace`; nothing here is imported.
"""
