"""Which commands a read-only session refuses, below every face.

A command whose effect is not known counts as one that writes: a module's command, a name
that the catalog lacks. EVAL and its kin write unless they are the ``_RO`` forms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.spec.command import CommandFlag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.spec.catalog import Catalog

_RUNNERS = frozenset({"eval", "evalsha", "fcall"})
_CHANGES_SERVER = frozenset(
    {"config|set", "script|flush", "function|flush", "function|delete", "function|load", "shutdown", "debug"}
)


def writes(catalog: Catalog, argv: Sequence[bytes]) -> bool:
    """Whether a command may change data or the server."""
    name = argv[0].decode("utf-8", "replace").lower()
    spec = catalog.get(name)
    if spec is not None and spec.subcommands and len(argv) > 1:
        spec = catalog.get(f"{name} {argv[1].decode('utf-8', 'replace')}") or spec
    if spec is None or spec.name in _RUNNERS or spec.name in _CHANGES_SERVER:
        return True
    return bool(spec.flags & CommandFlag.WRITE)
