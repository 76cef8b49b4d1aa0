"""The actions of one pane alone: of the keys, and of the reply in the result.

Their keys may be plain letters, for they hold only while that pane has the keyboard. `actions` takes them into its
table, from which footer, palette and help derive; nobody else reads them here.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from redis_tui.tui.action import Action, Scope

PANE_OF: Final[dict[Scope, str]] = {"keys": "#keys", "result": "#reply"}
"""Scopes whose keys hold in one pane alone, and the widget that has the actions."""

_key = partial(Action, group="Keys", scope="keys", priority=False)
_reply = partial(Action, group="Reply", scope="result", priority=False)

OF_KEYS: Final[tuple[Action, ...]] = (
    _key("wish('new')", "New key", "Makes a key of any type.", "n", short="new"),
    _key(
        "mark_row",
        "Select",
        "Selects the key or group; what is done next is done to all selected.",
        "space",
        short="select",
    ),
    _key("select_all", "Select all keys", "Every key scanned so far, or none.", "a"),
    _key(
        "wish('delete')",
        "Delete keys",
        "The selected keys, the key or the group; counted first.",
        "d,delete",
        short="delete",
    ),
    _key("wish('expire')", "Time to live", "Sets or takes the TTL of the selected keys.", "t", short="TTL"),
    _key(
        "wish('rename')", "Rename the key", "Another name; an existing key is never overwritten.", "r", short="rename"
    ),
    _key("wish('copy')", "Copy as commands", "What makes these keys again, into the clipboard.", "c"),
    _key("wish('export')", "Export keys", "The selected keys to a file: commands, JSON or DUMP.", "x"),
    _key("wish('import')", "Import keys", "From a file that an export wrote.", "i"),
    _key("sort_keys", "Sort keys", "By name, type, TTL, size.", "s", short="sort"),
    _key("toggle_flat", "Tree or list", "Groups by the separator, or every key in one list.", "f", short="tree"),
    _key("next_type", "Filter by type", "Only strings, hashes, lists…; then all again.", "T"),
    _key("wish('separator')", "Separator", "What splits keys into groups; a colon unless told otherwise.", "full_stop"),
    _key("watch_keys", "Watch the visible keys", "Looks at them every 5 seconds; what changed lights up.", "w"),
    _key("scan_all", "Scan to the end", "Goes on with SCAN until every key was seen; m stops.", "M"),
)

OF_REPLY: Final[tuple[Action, ...]] = (
    _reply("show_view('cli')", "Reply as redis-cli", "Types and numbers as redis-cli prints them."),
    _reply("show_view('tree')", "Reply as a tree", "Nodes that open and close, with types and paths."),
    _reply("show_view('table')", "Reply as a table", "Pairs, scores, entries, lists of equal length; columns sort."),
    _reply("show_view('json')", "Reply as JSON", "As JSON, two spaces a level."),
    _reply("show_view('raw')", "Reply raw", "The text alone, as redis-cli writes it into a pipe."),
    _reply("show_view('hex')", "Reply as hex", "Each byte."),
    _reply("show_view('unpacked')", "Reply unpacked", "JSON, MessagePack, gzip in strings; says what it found."),
    _reply("next_view", "Next view", "Goes through the views of the reply; the one chosen stays.", "v", short="view"),
    _reply("next_view(-1)", "View before", "The other way round.", "V"),
    _reply(
        "find_reply",
        "Find in the reply",
        "Counts as it goes; a capital letter tells capitals apart.",
        "slash",
        short="find",
    ),
    _reply("find_step(1)", "Next match", "Round the end.", "n"),
    _reply("find_step(-1)", "Match before", "Round the beginning.", "N"),
    _reply("end_find", "End the search", "Stops it and forgets the matches.", "escape"),
    _reply(
        "copy_menu", "Copy as…", "JSON, redis-cli, raw, CSV, Lua, Python; the node under the cursor.", "y", short="copy"
    ),
    _reply("copy_as('json')", "Copy as JSON", "The whole reply.", "c"),
    _reply("save_reply", "Save the reply", "To a file, in the form that its ending says.", "w", short="save"),
    _reply("toggle_wrap", "Wrap long lines", "Breaks them, or lets them go on to the right.", "W"),
    _reply("expand", "Open all below", "Opens the node of the tree and all in it.", "e,asterisk"),
    _reply("expand(True)", "Open the whole tree", "All nodes.", "E"),
    _reply("collapse_all", "Close the tree", "All but the first level.", "minus,x"),
    _reply("sort_column", "Sort the table", "By the next column; a click on a name sorts by that one.", "s"),
    _reply("turn_order", "Turn the order", "The largest first, or the smallest.", "S"),
)
