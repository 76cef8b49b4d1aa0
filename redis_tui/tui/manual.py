"""The manual as entries that can be searched: keys, commands, Lua, errors; each with a page.

Pure: all of it derives from the tables that the program itself works by. Knows no widget. The decision a
reader would question: headings are entries too. Their page is the overview of what stands below them,
so that a whole pane's keys are read at one glance.
"""

from __future__ import annotations

from dataclasses import field
from functools import cache, partial
from typing import TYPE_CHECKING

from redis_tui.record import dataclass
from redis_tui.render.advice import known_errors
from redis_tui.render.lua import FUNCTIONS
from redis_tui.render.lua_notes import LUA_NOTES
from redis_tui.render.reference import whole_reference
from redis_tui.render.spans import Line, Span, text_line
from redis_tui.tui.actions import ACTIONS, PANES
from redis_tui.tui.panes.view_help import PANE_KEYS, Rows, view_keys
from redis_tui.tui.widgets.lua_complete import MEMBERS
from redis_tui.tui.widgets.lua_signature import SIGNATURES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from redis_tui.render.advice import Advice
    from redis_tui.spec.catalog import Catalog
    from redis_tui.spec.command import CommandSpec
    from redis_tui.tui.action import Action

SECTIONS = ("All", "Keys", "Commands", "Lua", "Errors")
_NO_KEY = "–"
_LIBRARY_TITLES = {
    "redis": "redis, server",
    "cjson": "cjson: JSON",
    "cmsgpack": "cmsgpack: MessagePack",
    "struct": "struct: bytes",
    "bit": "bit: 32 bits",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be looked up."""

    section: str
    name: str
    """What is searched for: ``Run``, ``HSET``, ``redis.call``, ``WRONGTYPE``."""
    brief: str
    """A few words, or a sentence, beside the name."""
    page: Callable[[], list[Line]] = field(compare=False)
    mark: str = ""
    """Stands before the name: a key."""
    is_heading: bool = False


@dataclass(frozen=True, slots=True)
class Manual:
    """All entries, in the order of the sections."""

    entries: tuple[Entry, ...]

    def found(self, query: str, section: str = "All") -> list[Entry]:
        """What fits, the nearest first; everything in its order where nothing is looked for.

        Args:
            query: words that must all be there, in any case.
            section: one of `SECTIONS`.
        """
        here = [entry for entry in self.entries if section in ("All", entry.section)]
        words = query.lower().split()
        if not words:
            return here
        scored = [(score, entry) for entry in here if (score := _score(entry, words)) is not None]
        return [entry for _, entry in sorted(scored, key=lambda pair: pair[0])]

    def look_up(self, topic: str) -> Entry | None:
        """The entry of exactly that name, in any case."""
        wanted = topic.lower()
        return next((one for one in self.entries if not one.is_heading and one.name.lower() == wanted), None)


def _score(entry: Entry, words: Sequence[str]) -> int | None:
    """How near an entry is, 0 the nearest; None where a word is missing."""
    name, query = entry.name.lower(), " ".join(words)
    everything = f"{entry.mark.lower()} {name} {entry.brief.lower()}"
    if not all(word in everything for word in words):
        return None
    if query in (name, entry.mark.lower()):
        return 0
    parts = name.replace(".", " ").split()
    nearness = (
        name.startswith(query),
        any(part.startswith(words[0]) for part in parts),
        all(word in name for word in words),
    )
    return next((at for at, is_so in enumerate(nearness, 1) if is_so), 4) + 5 * entry.is_heading


def make_manual(catalog: Catalog | None, pane: str | None = None, actions: Sequence[Action] = ACTIONS) -> Manual:
    """Makes the manual.

    Args:
        catalog: the commands of the server; None while it has not told them.
        pane: which has the keyboard, as `PANES` names it, or a view; its keys come first.
        actions: with the keys that hold.
    """
    commands = [] if catalog is None else _command_entries(catalog)
    return Manual((*_key_entries(pane, actions), *commands, *_lua_entries(), *_error_entries()))


# ── keys ───────────────────────────────────────────────────────────────────


def _key_entries(pane: str | None, actions: Sequence[Action]) -> list[Entry]:
    groups = {**_pane_groups(actions), **_action_groups(actions)}
    titles = {**dict(PANES), **{name: title for name, (title, _) in view_keys().items()}}
    first = [title for title in groups if title in (pane, f"In {titles.get(pane or '')}")]
    entries = [Entry("Keys", "Where to begin", "", partial(_welcome, first, groups, actions), is_heading=True)]
    for title in dict.fromkeys([*first, *groups]):
        rows = groups[title]
        shown = f"{title} (here)" if title in first else title
        entries.append(Entry("Keys", shown, "", partial(_keys_page, shown, rows), is_heading=True))
        entries += [
            Entry("Keys", name, about, partial(_key_page, key, name, about, title), mark=key)
            for key, name, about in rows
        ]
    return entries


def _pane_groups(known: Sequence[Action]) -> dict[str, Rows]:
    groups: dict[str, Rows] = {}
    for name, title in PANES:
        rows = [(action.key_label or _NO_KEY, action.title, action.about) for action in known if action.scope == name]
        groups[f"In {title}"] = (*rows, *PANE_KEYS.get(name, ()))
    groups |= {f"In {title}": keys for title, keys in view_keys().values()}
    groups |= {title: PANE_KEYS[title] for title in PANE_KEYS if title not in dict(PANES)}
    return {title: rows for title, rows in groups.items() if rows}


def _action_groups(known: Sequence[Action]) -> dict[str, Rows]:
    actions = [action for action in known if action.scope in ("app", "workbench")]
    return {
        group: tuple(
            (action.key_label or _NO_KEY, action.title, action.about) for action in actions if action.group == group
        )
        for group in dict.fromkeys(action.group for action in actions)
    }


def _welcome(here: Sequence[str], groups: Mapping[str, Rows], actions: Sequence[Action]) -> list[Line]:
    key = {action.name: action.key_label or "its key" for action in actions}
    lines: list[Line] = [
        [Span(f"Write Lua, give it KEYS and ARGV, press {key['run']}. "), Span("Everything else is optional.", "dim")],
        [],
        text_line("Type to search: a key, a command, a function of Lua, an error code."),
        text_line(f"{key['help']} on a word in the editor or the console opens its page."),
        text_line(
            f"{key['command_palette']}, the palette, does any action by its name; those without a key are there too."
        ),
        [],
    ]
    for title in here:
        lines += [*_keys_page(f"{title}, where you are", groups[title]), []]
    lines.append([Span("Panes", "title"), Span(f"  {key['jump']}, then the number; or Alt and the number", "dim")])
    return lines + [[Span(f"  {at}  ", "accent"), Span(title, "text")] for at, (_, title) in enumerate(PANES, 1)]


def _keys_page(title: str, rows: Rows) -> list[Line]:
    room = max(len(key) for key, _, _ in rows)
    wide = max(len(name) for _, name, _ in rows)
    lines: list[Line] = [text_line(title, "title")]
    for key, name, about in rows:
        lines.append([Span(f"{key:<{room}}  ", "accent"), Span(f"{name:<{wide}}", "text")])
        if about:
            lines[-1].append(Span(f"  {about}", "dim"))
    return lines


def _key_page(key: str, name: str, about: str, group: str) -> list[Line]:
    lines: list[Line] = [[Span(f"{key}  " if key != _NO_KEY else "", "accent"), Span(name, "key")]]
    lines += [text_line(about)] if about else []
    lines += [[], text_line(group, "dim")]
    if key == _NO_KEY:
        lines.append(text_line("It has no key: ^P finds it by its name.", "dim"))
    return lines


# ── commands ───────────────────────────────────────────────────────────────


def _command_entries(catalog: Catalog) -> list[Entry]:
    entries: list[Entry] = []
    for group in catalog.groups:
        specs = [one for spec in catalog.in_group(group) for one in (spec, *spec.subcommands)]
        title = f"{group} commands".capitalize()
        entries.append(Entry("Commands", title, "", partial(_group_page, title, specs), is_heading=True))
        entries += [Entry("Commands", spec.display, spec.summary, partial(whole_reference, spec)) for spec in specs]
    return entries


def _group_page(title: str, specs: Sequence[CommandSpec]) -> list[Line]:
    room = max(len(spec.display) for spec in specs)
    rows: list[Line] = [[Span(f"{spec.display:<{room}}  ", "key"), Span(spec.summary, "dim")] for spec in specs]
    return [text_line(title, "title"), [], *rows]


# ── Lua ────────────────────────────────────────────────────────────────────


@cache
def _lua_entries() -> tuple[Entry, ...]:
    entries: list[Entry] = []
    groups: dict[str, dict[str, str]] = {"KEYS and ARGV": {"KEYS": "keys of the run", "ARGV": "arguments of the run"}}
    for library, members in MEMBERS.items():
        groups[_LIBRARY_TITLES.get(library, library)] = {f"{library}.{name}": meta for name, meta in members.items()}
    groups["Functions of Lua"] = {name: SIGNATURES.get(name, "") for name in sorted(FUNCTIONS)}
    for title, names in groups.items():
        entries.append(Entry("Lua", title, "", partial(_names_page, title, names), is_heading=True))
        entries += [Entry("Lua", name, meta, partial(_lua_page, name, meta)) for name, meta in names.items()]
    return tuple(entries)


def _names_page(title: str, names: dict[str, str]) -> list[Line]:
    room = max(map(len, names))
    return [
        text_line(title, "title"),
        [],
        *([Span(f"{name:<{room}}  ", "key"), Span(names[name], "dim")] for name in names),
    ]


def _lua_page(name: str, meta: str) -> list[Line]:
    takes, _, gives = SIGNATURES.get(name, "").partition("→")
    lines: list[Line] = [[Span(name, "key")]]
    if name in SIGNATURES:
        takes = takes.strip()
        lines[0].append(Span(takes if takes.startswith("(") else f"({takes})", "text"))
    if gives:
        lines.append([Span("gives ", "dim"), Span(gives.strip(), "text")])
    if meta and meta != SIGNATURES.get(name):
        lines.append(text_line(meta[0].upper() + meta[1:] + "."))
    notes = LUA_NOTES.get(name, ())
    return [*lines, *([[]] if notes else []), *map(text_line, notes)]


# ── errors ─────────────────────────────────────────────────────────────────


@cache
def _error_entries() -> tuple[Entry, ...]:
    known = known_errors()
    parts = (
        ("Error codes", [(code, advice) for code, advice in known if code]),
        ("Error texts", [(advice.meaning, advice) for code, advice in known if not code]),
    )
    entries: list[Entry] = []
    for title, rows in parts:
        entries.append(Entry("Errors", title, "", partial(_errors_page, title, rows), is_heading=True))
        for name, advice in rows:
            brief = advice.action if name == advice.meaning else advice.meaning
            entries.append(Entry("Errors", name, brief, partial(_error_page, name, advice)))
    return tuple(entries)


def _errors_page(title: str, rows: Iterable[tuple[str, Advice]]) -> list[Line]:
    lines = [text_line(title, "title")]
    for name, advice in rows:
        lines += [[], *_error_page(name, advice)]
    return lines


def _error_page(name: str, advice: Advice) -> list[Line]:
    lines = [text_line(name, "key")]
    if name != advice.meaning:
        lines.append(text_line(advice.meaning))
    return [*lines, [Span("→ ", "hint"), Span(advice.action, "hint")]]
