"""What the workbench does, by concern: each part lends its actions and message handlers to the one screen.

A part is a `Screen` because Textual looks for ``action_…`` methods and ``@on`` handlers in classes of its own
making only. What an action does stands in `tui.desks`; in a part each is one line.
"""
