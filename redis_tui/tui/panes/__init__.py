"""The numbered rooms of the workbench. Messages go up, setters come down; no pane knows a sibling."""
