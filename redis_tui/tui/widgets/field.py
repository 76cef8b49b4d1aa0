"""Keys that edit a text take effect in the order in which they were typed; a one-line field that keeps it.

Knows Textual only. The decision a reader would question: Textual puts letters in where the keyboard is, but lets
every other key climb to the app before it looks up what is bound to it. Who types fast, or on a machine that has
other work, finds a Backspace done after the letters that followed it. So what a widget itself binds is done at once;
what others bind (to run, to close a tab) climbs as before, as it may take the widget away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input

if TYPE_CHECKING:
    from textual.events import Key
    from textual.widget import Widget


async def do_at_once(widget: Widget, event: Key) -> bool:
    """Does what the widget that is typed in binds to a key.

    Args:
        widget: who has the keyboard.
        event: the key; it goes no further where the widget has a use for it.

    Returns:
        Whether something was done.
    """
    for binding in widget._bindings.key_to_bindings.get(event.key, ()):  # noqa: SLF001  # no public way to ask
        if not binding.priority and await widget.app.run_action(binding.action, widget):
            event.stop()
            event.prevent_default()
            return True
    return False


class Field(Input):
    """One line to type in."""

    async def _on_key(self, event: Key) -> None:
        if not event.is_printable:
            await do_at_once(self, event)
