"""The REPL on prompt_toolkit: a face over the session waist. Never imports engine, scripting, redis or the TUI."""
