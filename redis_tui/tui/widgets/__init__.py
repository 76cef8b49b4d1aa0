"""Parts that panes are built from, with no knowledge of sessions."""
