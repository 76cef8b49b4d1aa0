"""The libraries that scripts find: each a file, each Lua source that is handed ``core``."""
