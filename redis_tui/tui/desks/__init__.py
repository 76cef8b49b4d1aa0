"""What the workbench does at length, a desk for each task: running, files, the key browser, the prompt, reading.

A desk knows the session and the setters of the panes it feeds, nothing of layout or keys.
The decision a reader would question: classes beside the screen rather than methods in it,
so that the screen stays a table of who gets which message, and each task reads from top to bottom.
"""
