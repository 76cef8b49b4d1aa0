"""What fills the terminal: the connecting state, the workbench, and what opens over it."""
