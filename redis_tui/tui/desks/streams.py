"""Opens, feeds and closes the streams of the Monitor and Pub/Sub views.

Knows the session and the views. The decision a reader would question: messages are handed over six times a second and
not as they come. The stream keeps what comes between, and drops and counts what is too much, so that
drawing never takes more than its share however fast a server talks.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from redis_tui.errors import SessionError
from redis_tui.paths import expanded
from redis_tui.render.spans import Line, Span
from redis_tui.resp.inline import join_inline, split_inline
from redis_tui.resp.types import ErrorReply
from redis_tui.session.nodes import each_node, lacking_text
from redis_tui.session.production import answered
from redis_tui.tui.widgets.tail_view import KEPT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from redis_tui.session.stream import Stream
    from redis_tui.tui.desks.bench import Bench
    from redis_tui.tui.panes.streams import StreamView

_HAND_OVER_S = 0.15
_SHARD = "shard:"
_KEY_EVENTS = "notify-keyspace-events"


class StreamDesk:
    """What the Monitor and Pub/Sub views ask for."""

    def __init__(self, bench: Bench, script_names: Callable[[], Mapping[str, str]]) -> None:
        self._bench, self._names = bench, script_names
        self._session = bench.session
        self._monitor, self._pubsub = bench.panes.monitor, bench.panes.pubsub
        self._streams: dict[StreamView, Stream] = {}
        self._subscribed: dict[str, None] = {}
        self.deeds: dict[str, Callable[[str], Awaitable[None]]] = {
            "monitor.toggle": self._toggle_monitor,
            "monitor.own": self._turn_own,
            "monitor.save": lambda _: self._save(self._monitor, "monitor.log"),
            "pubsub.subscribe": self._subscribe,
            "pubsub.unsubscribe": self._unsubscribe,
            "pubsub.keyspace": self._listen_to_keys,
            "pubsub.publish": self._publish,
            "pubsub.channels": self._list_channels,
            "pubsub.save": lambda _: self._save(self._pubsub, "messages.log"),
        }

    def tick(self) -> None:
        """A view whose stream is silent still tells its rate."""
        for view in self._streams:
            if view.is_seen:
                view.tick()

    # ── opening and feeding ────────────────────────────────────────────────

    async def _open(self, view: StreamView, argv: list[bytes], what: str) -> None:
        stream = await self._session.stream(argv, capacity=KEPT)
        if view in self._streams:  # asked for twice before the first was there
            await stream.aclose()
            return
        self._streams[view] = stream
        view.listening(" · ".join(part for part in (what, lacking_text(self._session.nodes())) if part))
        self._bench.work(self._pump(view, stream), "stream")

    async def _pump(self, view: StreamView, stream: Stream) -> None:
        problem = ""
        try:
            async for batch in stream:
                if not view.is_attached:
                    break
                view.take(batch)
                await asyncio.sleep(_HAND_OVER_S)
        except SessionError as error:
            problem = error.message
        finally:
            await stream.aclose()
            self._streams.pop(view, None)
            if view is self._pubsub:
                self._subscribed.clear()
            if view.is_attached:
                view.stopped(problem)

    # ── MONITOR ────────────────────────────────────────────────────────────

    async def _toggle_monitor(self, _: str) -> None:
        stream = self._streams.get(self._monitor)
        if stream is not None:
            await stream.aclose()
            return
        self._monitor.names = self._names()
        await self._open(self._monitor, [b"MONITOR"], "all commands")

    async def _turn_own(self, _: str) -> None:
        from redis_tui.tui import server_queries

        asked = [b"CLIENT", b"INFO"]
        is_cluster = self._session.info.is_cluster
        replies = (
            [reply for _, reply in await each_node(self._session, asked)]
            if is_cluster
            else [await self._session.execute(asked)]
        )
        found = [_address_in(server_queries.text_of(reply)) for reply in replies]
        if not any(found):
            self._bench.app.notify("This server does not tell which connection is ours.", severity="warning")
            return
        is_hidden = self._monitor.turn_own([address for address in found if address])
        text = "What the workbench itself asks is left out." if is_hidden else "All commands are shown."
        self._bench.app.notify(text, timeout=3)

    # ── Pub/Sub ────────────────────────────────────────────────────────────

    async def _subscribe(self, _: str) -> None:
        from redis_tui.tui.screens.dialogs import AskText

        question = AskText("Subscribe", "", wanted="channel, pattern.* or shard:channel; several apart by spaces")
        answer = await self._bench.app.push_screen_wait(question)
        for name in split_inline((answer or "").encode("utf-8", "surrogateescape")) if answer else ():
            await self._listen(name.decode("utf-8", "surrogateescape"))

    async def _listen(self, name: str) -> None:
        verb, channel = _verb(name)
        argv = [verb, channel.encode("utf-8", "surrogateescape")]
        stream = self._streams.get(self._pubsub)
        self._subscribed[name] = None
        try:
            if stream is None:
                await self._open(self._pubsub, argv, self._what())
            else:
                await stream.send(argv)
                self._pubsub.listening(self._what())
        except SessionError:
            self._subscribed.pop(name, None)
            raise

    async def _unsubscribe(self, _: str) -> None:
        from redis_tui.tui.screens.dialogs import AskText

        stream = self._streams.get(self._pubsub)
        if stream is None:
            self._bench.app.notify("Nothing is subscribed to.", timeout=2)
            return
        offers = [(name, name, _verb(name)[0].decode().lower()) for name in self._subscribed]
        offers.append(("*all*", "all", "ends the connection"))
        answer = await self._bench.app.push_screen_wait(AskText("Unsubscribe", "", offers, wanted="from what"))
        if not answer or (answer != "*all*" and answer not in self._subscribed):
            return
        self._subscribed.pop(answer, None)
        if answer == "*all*" or not self._subscribed:
            await stream.aclose()
            return
        verb, channel = _verb(answer)
        await stream.send([verb.replace(b"SUB", b"UNSUB"), channel.encode("utf-8", "surrogateescape")])
        self._pubsub.listening(self._what())

    async def _listen_to_keys(self, _: str) -> None:
        """Subscribes to the events of this database's keys; asks before it changes the server's setting."""
        from redis_tui.tui import server_queries
        from redis_tui.tui.screens.dialogs import Choice

        now = await server_queries.settings(self._session, _KEY_EVENTS)
        if isinstance(now, ErrorReply):
            self._bench.tell(now, "")
            return
        flags = now.get(_KEY_EVENTS, "")
        if "E" not in flags:
            text = (
                f"This server tells no events of keys: {_KEY_EVENTS} is “{flags}”.\n\n"
                f"CONFIG SET {_KEY_EVENTS} {flags}AE turns them on for all clients; each change of a key then "
                "costs the server a little more."
            )
            turn_on = Choice("set", "Turn on", danger=True)
            if not await self._bench.confirm(f"CONFIG SET {_KEY_EVENTS}", "Turn on key events?", text, turn_on):
                return
            with answered():
                reply = await self._session.execute([b"CONFIG", b"SET", _KEY_EVENTS.encode(), f"{flags}AE".encode()])
            self._bench.tell(reply, f"{_KEY_EVENTS} is {flags}AE now.")
        await self._listen(f"__keyevent@{self._session.db}__:*")

    async def _publish(self, _: str) -> None:
        from redis_tui.tui.screens.dialogs import AskText

        question = AskText("Publish", "", wanted="channel 'the message'; shard:channel for a shard")
        answer = await self._bench.app.push_screen_wait(question)
        words = split_inline(answer.encode("utf-8", "surrogateescape")) if answer else []
        if len(words) < 2:
            return
        channel = words[0].decode("utf-8", "surrogateescape")
        is_shard = channel.startswith(_SHARD)
        channel = channel.removeprefix(_SHARD)
        verb = b"SPUBLISH" if is_shard else b"PUBLISH"
        reply = await self._session.execute(
            [verb, channel.encode("utf-8", "surrogateescape"), words[1] if len(words) == 2 else b" ".join(words[1:])]
        )
        count = reply if isinstance(reply, int) else 0
        where = " at the node that took it, others heard it too" if self._session.info.is_cluster else ""
        self._bench.tell(reply, f"Published; {count:,} subscriber{'' if count == 1 else 's'} got it{where}.")

    async def _list_channels(self, _: str) -> None:
        from redis_tui.tui import server_queries
        from redis_tui.tui.screens.dialogs import Reading

        lines: list[Line] = []
        for title, ask, count in (
            ("Channels", b"CHANNELS", b"NUMSUB"),
            ("Shard channels", b"SHARDCHANNELS", b"SHARDNUMSUB"),
        ):
            names = [
                name
                for name in server_queries.items_of(await self._session.execute([b"PUBSUB", ask]))
                if isinstance(name, bytes)
            ][:1_000]
            lines.append([Span(title, "title"), Span(f"  {len(names):,}", "dim")])
            counts = await self._session.execute([b"PUBSUB", count, *names]) if names else []
            lines += [
                [
                    Span("  " + join_inline([name]).ljust(40), "accent"),
                    Span(f"{server_queries.text_of(number)} subscribed", "dim"),
                ]
                for name, number in server_queries.pairs_of(counts)
                if isinstance(name, bytes)
            ]
        patterns = await self._session.execute([b"PUBSUB", b"NUMPAT"])
        lines += [[], [Span("Patterns", "title"), Span(f"  {server_queries.text_of(patterns)}", "dim")]]
        self._bench.app.push_screen(Reading("What is subscribed to at the server", lines))

    def _what(self) -> str:
        return " ".join(self._subscribed)

    # ── saving ─────────────────────────────────────────────────────────────

    async def _save(self, view: StreamView, name: str) -> None:
        from redis_tui.tui.screens.dialogs import AskText

        messages = len(view.tail.messages)
        if not messages:
            self._bench.app.notify("There is nothing to save yet.", timeout=2)
            return
        text = view.tail.plain + "\n"
        question = AskText(f"Save {messages:,} messages", name, wanted="path of the file")
        answer = await self._bench.app.push_screen_wait(question)
        if not answer:
            return
        try:
            path = await asyncio.to_thread(_write_new, answer, text)
        except OSError as error:
            self._bench.app.notify(f"{answer} was not written: {error.strerror}.", severity="error", timeout=6)
            return
        self._bench.app.notify(f"Saved {messages:,} messages in {path}.", timeout=4)


def _address_in(told: str) -> str:
    """The address in what CLIENT INFO tells; empty where there is none."""
    return dict(part.split("=", 1) for part in told.split(" ") if "=" in part).get("addr", "")


def _verb(name: str) -> tuple[bytes, str]:
    """How to subscribe to what a person wrote, and its name without a mark of ours."""
    if name.startswith(_SHARD):
        return b"SSUBSCRIBE", name.removeprefix(_SHARD)
    return (b"PSUBSCRIBE" if any(sign in name for sign in "*?[") else b"SUBSCRIBE"), name


def _write_new(place: str, text: str) -> Path:
    path = expanded(place)
    with path.open("x", encoding="utf-8", errors="surrogateescape") as file:  # never over a file that is there
        file.write(text)
    return path
