"""Lua 5.1 scripting as Redis has it. Sees the world only through `host.ScriptHost`; the only door to lupa."""
