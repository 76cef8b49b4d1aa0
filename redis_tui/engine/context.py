"""What a handler is given: its client's view of the keyspace and of the engine.

One `Ctx` lives as long as its client. The methods of the current database are bound into
it by `use`, so that ``ctx.string(key)`` in the inner loop of a script is one call, not two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.engine.client import Client
    from redis_tui.engine.config import Config
    from redis_tui.engine.database import Database
    from redis_tui.engine.dialect import Dialect
    from redis_tui.engine.engine import Engine
    from redis_tui.engine.keyspace import Keyspace
    from redis_tui.engine.types.base import Collection
    from redis_tui.resp.types import Reply


class Ctx:
    """A handler's view of the world.

    Handlers read, decide, write, reply::

        value = ctx.string(key)           # bytes or None; raises WrongType
        items = ctx.read(key, List)       # a collection for reading, or None; raises WrongType
        items = ctx.edit(key, List)       # about to change it in place, or None
        items = ctx.edit_or_new(key, List)
        ctx.touched(key, "rpop", 2)       # it was changed: event name, number of changes
        ctx.altered(key, "rpush", 2)      # the same where it cannot have become empty
        ctx.set(key, value, "set")        # a new value, TTL dropped unless keep_ttl=True
        ctx.add(key, 1)                   # a string's integer, counted up; the sum
        ctx.delete(key)                   # True where there was one
        ctx.expire_at(key, at_ms); ctx.persist(key); ctx.expires_at(key)
        ctx.get(key)                      # value of any type; counts a hit or miss
        ctx.peek(key)                     # the same without counting
        return ctx.block(keys, List, timeout_ms=0, on_timeout=NULL_ARRAY)   # runs again when one is ready
    """

    __slots__ = (
        "add",
        "altered",
        "client",
        "config",
        "db",
        "delete",
        "dialect",
        "edit",
        "edit_or_new",
        "engine",
        "expire_at",
        "expires_at",
        "get",
        "in_script",
        "peek",
        "persist",
        "read",
        "resp",
        "set",
        "space",
        "string",
        "touched",
    )

    def __init__(self, engine: Engine, client: Client) -> None:
        self.engine = engine
        self.client = client
        self.config: Config = engine.config
        self.dialect: Dialect = engine.dialect
        self.space: Keyspace = engine.space
        self.resp = client.resp
        """Protocol version of the reply being made: the client's, or the script's own."""
        self.in_script = False
        self.use(engine.space.databases[0])

    def database(self, index: int) -> Database:
        """The database that a command names.

        Raises:
            CommandError: there is none.
        """
        if not -(2**31) <= index < 2**31:
            raise CommandError("ERR value is out of range, value must between -2147483648 and 2147483647")
        if not 0 <= index < len(self.space.databases):
            raise CommandError("ERR DB index is out of range")
        return self.space.databases[index]

    def use(self, db: Database) -> None:
        """Works on this database from now on, as SELECT does."""
        self.db = db
        self.get = db.get
        self.peek = db.peek
        self.string = db.string
        self.read = db.read
        self.edit = db.edit
        self.edit_or_new = db.edit_or_new
        self.touched = db.touched
        self.altered = db.altered
        self.set = db.set
        self.add = db.add
        self.delete = db.delete
        self.expire_at = db.expire_at
        self.expires_at = db.expires_at
        self.persist = db.persist

    @property
    def may_block(self) -> bool:
        """Whether a command may wait: not inside a script, nor inside a transaction that runs."""
        return not self.in_script and self.client.transaction is None

    @property
    def reprocessing(self) -> bool:
        """This is a later run of a command that waits."""
        return self.client.blocked is not None

    def block(
        self,
        keys: Sequence[bytes],
        kind: type[Collection] | None = None,
        *,
        timeout_ms: int,
        on_timeout: Reply,
        on_missing: bool = False,
        memo: object = None,
    ) -> Reply:
        """Lets the client wait; what it returns is what the handler must return.

        Args:
            keys: the command runs again once one of these has changed and holds ``kind``.
            kind: the type that is waited for; None where no key is.
            timeout_ms: 0 waits forever.
            on_timeout: the answer when time is up, and at once where nothing may wait.
            on_missing: run again also when a key goes or changes its type.
            memo: what later runs find in ``ctx.client.blocked.memo``.
        """
        if not self.may_block:
            return on_timeout
        return self.engine.blocking.block(
            self.client,
            keys,
            kind,
            timeout_ms=timeout_ms,
            on_timeout=on_timeout,
            on_missing=on_missing,
            memo=memo,
        )

    @property
    def now_ms(self) -> int:
        """Unix time of this command in milliseconds; frozen within a script or transaction."""
        return self.space.now_ms
