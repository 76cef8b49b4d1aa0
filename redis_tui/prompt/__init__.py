"""What the prompt of the REPL and the console of the workbench have in common, with no interface library."""
