"""What a command is: pure data and pure functions, no behaviour of any server."""
