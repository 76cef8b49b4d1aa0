"""Copies a reply into the clipboard and saves it to a file, in the forms of `render.reply_forms`.

Knows the app for its dialogs and its clipboard, no session. The decision a reader would question: the text is made in
a thread. That is slower than making it here, but a hundred megabytes of JSON cannot be made in slices by
Python's own writer, and the screen goes on meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from redis_tui.errors import FileError
from redis_tui.render.reply_forms import FORMS
from redis_tui.tui.key_files import typed_path
from redis_tui.tui.screens.dialogs import Ask, AskText, Choice
from redis_tui.tui.screens.menu import Item, Menu

if TYPE_CHECKING:
    from textual.app import App

    from redis_tui.render.reply_forms import Form
    from redis_tui.resp.types import Reply

CLIPBOARD_LIMIT = 1_000_000
"""Bytes from which terminals may cut what they are given, or drop it."""


async def offer_copy(app: App[Any], reply: Reply, name: str, chosen: tuple[str, Reply] | None) -> None:
    """Asks in which form to copy, and copies; for workers.

    Args:
        app: for the dialogs and the clipboard.
        reply: the whole of it.
        name: for a file, without its ending.
        chosen: the node one is at, and what it is called; None where there is none.
    """
    items = [Item(form.key, kind, form.title, form.about) for kind, form in FORMS.items()]
    if chosen is not None:
        items += [
            Item("n", "node", "this node", f"{chosen[0]} alone, as JSON"),
            Item("t", "text", "its text", f"{chosen[0]} alone, raw"),
        ]
        items += [Item("a", "path", "its path", chosen[0])] if chosen[0].startswith((".", "[")) else []
    wanted = await app.push_screen_wait(Menu("Copy the reply as", items))
    if chosen is not None and wanted == "path":
        _put(app, chosen[0].encode(), "its path")
    elif chosen is not None and wanted in ("node", "text"):
        await copy_reply(app, chosen[1], "json" if wanted == "node" else "raw", name, what=chosen[0])
    elif wanted:
        await copy_reply(app, reply, wanted, name)


async def copy_reply(app: App[Any], reply: Reply, kind: str, name: str, *, what: str = "the reply") -> None:
    """Copies, and says how much; asks first where it is much. For workers."""
    form = FORMS[kind]
    text = await asyncio.to_thread(_whole, form, reply)
    if len(text) > CLIPBOARD_LIMIT:
        question = Ask(
            "Copy all of it?",
            f"These are {len(text) / 1e6:,.1f} MB. Many terminals cut what they are given for the clipboard, "
            "or drop it, and tell nobody. A file holds all of it.",
            (Choice("save", "Save to a file"), Choice("copy", "Copy all the same"), Choice("cancel", "Leave it")),
        )
        answer = await app.push_screen_wait(question)
        if answer == "save":
            await save_reply(app, reply, name, kind=kind)
        if answer != "copy":
            return
    _put(app, text, f"{what} as {form.title}")


def _put(app: App[Any], text: bytes, what: str) -> None:
    app.copy_to_clipboard(text.decode("utf-8", "backslashreplace"))
    app.notify(f"Copied {what}: {len(text):,} byte{'' if len(text) == 1 else 's'}.", timeout=3)


def _whole(form: Form, reply: Reply) -> bytes:
    return b"".join(form.pieces(reply))


async def save_reply(app: App[Any], reply: Reply, name: str, *, kind: str = "json") -> None:
    """Asks for a file whose ending says the form, and writes it. For workers."""
    offers = [(f"{name}.{form.ending}", f"{name}.{form.ending}", form.about) for form in FORMS.values()]
    value = "" if kind == "json" else f"{name}.{FORMS[kind].ending}"
    wanted = await app.push_screen_wait(AskText("Save the reply to", value, offers, wanted=f"{name}.json"))
    if not wanted:
        return
    path = typed_path(wanted)
    by_ending = {form.ending: form for form in FORMS.values()}
    form = by_ending.get(path.suffix.removeprefix(".").lower())
    if form is None:
        endings = " ".join(f".{ending}" for ending in by_ending)
        app.notify(f"{path.name} does not say in which form. Endings are {endings}.", severity="error", timeout=8)
        return
    if await asyncio.to_thread(path.exists):
        choices = (Choice("cancel", "Keep it"), Choice("write", "Overwrite", danger=True))
        question = Ask("Overwrite the file?", f"{path} exists already.", choices)
        if await app.push_screen_wait(question) != "write":
            return
    try:
        size = await asyncio.to_thread(_write, form, reply, path)
    except FileError as error:
        app.notify(str(error), severity="error", timeout=8)
        return
    app.notify(f"Saved the reply as {form.title} to {path}: {size:,} bytes.", timeout=4)


def _write(form: Form, reply: Reply, path: Path) -> int:
    """Writes beside the file and puts it in its place: what was there stays until all is written."""
    if path.is_dir():
        raise FileError(f"{path} is a folder.", hint="Name a file in it.")
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error.strerror}.", hint="Choose another folder.") from error
    size = 0
    try:
        with os.fdopen(handle, "wb") as file:
            for piece in form.pieces(reply):
                size += file.write(piece)
            size += file.write(b"\n") if form.ending != "raw" else 0
        Path(name).replace(path)
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error.strerror}.", hint="Is the disk full?") from error
    finally:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
    return size
