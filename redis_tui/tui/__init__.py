"""The workbench on Textual. It knows `session.base`, `spec`, `render`, `theme` and `workspace`, nothing below."""
