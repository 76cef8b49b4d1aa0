"""Users, and what they may do: passwords, rules, the gate that holds a call against them, the log.

A client has one `User`; whether that user may do everything is worked out when its rules
change, not when it calls, so that nobody pays for rules that nobody made. It knows no wire
and no commands; texts of refusals are those of the servers.

The decision a reader would question: a changed user stays the same object. Every client that
is logged in as this user is bound by the new rules at once, as on a server.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Final

from redis_tui.engine import acl_file
from redis_tui.engine.acl_log import AclLog, Refusal
from redis_tui.engine.acl_rules import Call, Denial, Rulebook, RuleFault, Rules, allows_channel
from redis_tui.engine.client_list import client_line
from redis_tui.engine.pubsub import Kind
from redis_tui.errors import CommandError
from redis_tui.late_pattern import late_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from redis_tui.engine.client import Client
    from redis_tui.engine.engine import Engine
    from redis_tui.engine.registry import Command

DEFAULT: Final = b"default"
_HASH: Final = late_pattern(rb"[0-9a-f]{64}")
_BAD_HASH: Final = "The password hash must be exactly 64 characters and contain only lowercase hexadecimal characters"
_NO_PASSWORD: Final = "The password you are trying to remove from the user does not exist"  # noqa: S105  # a message
_BLANK: Final = late_pattern(rb"[\s\0]")
_REVOKED: Final = (
    "NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC call. "
    "This command is no longer allowed for the following reason: "
)
_REVOKED_WHY: Final = {
    "command": "no permission to execute the command or subcommand",
    "key": "no permission to touch the specified keys",
    "channel": "no permission to access one of the channels used as arguments",
    "database": "no permission",
}


class AuthFailed(CommandError):
    """A login that failed.

    Args:
        user: who was to be logged in; for the log.
    """

    def __init__(self, user: bytes) -> None:
        super().__init__("WRONGPASS invalid username-password pair or user is disabled.")
        self.user = user


class User:
    """One user; a new one is off, has no password and may do nothing.

    Args:
        name: as ACL WHOAMI tells it.
        blank: rules that allow nothing, to begin with.
        all_channels: as ``acl-pubsub-default`` wants it of a user that is reset.
        tells_payload: Redis shows whether RESTORE's payloads are checked, Valkey does not.
    """

    __slots__ = (
        "_blank",
        "all_channels",
        "enabled",
        "name",
        "nopass",
        "passwords",
        "restricted",
        "selectors",
        "skips_payload",
        "tells_payload",
    )

    def __init__(self, name: bytes, blank: Rules, *, all_channels: bool, tells_payload: bool) -> None:
        self.name = name
        self._blank = blank
        self.all_channels = all_channels
        self.tells_payload = tells_payload
        self.passwords: list[bytes] = []
        """SHA-256 of each, in hexadecimal digits."""
        self.nopass = False
        """Any password will do."""
        self.enabled = False
        self.skips_payload = False
        self.selectors: list[Rules] = []
        """The user's own rules, then those in parentheses."""
        self.restricted = True
        """There is something that this user may not do. Kept up by `settle`."""
        self._reset()

    def copy(self) -> User:
        """The same user, to be changed on its own."""
        other = User(self.name, self._blank, all_channels=self.all_channels, tells_payload=self.tells_payload)
        other.become(self)
        return other

    def become(self, other: User) -> None:
        """Takes over all but the name."""
        self.passwords = list(other.passwords)
        self.nopass, self.enabled, self.skips_payload = other.nopass, other.enabled, other.skips_payload
        self.selectors = [one.copy() for one in other.selectors]
        self.settle()

    def settle(self) -> None:
        """Works out anew whether this user may do everything."""
        self.restricted = not any(one.allows_everything for one in self.selectors)

    def apply(self, word: bytes) -> None:
        """Takes one word of ACL SETUSER.

        Raises:
            RuleFault: it is none.
        """
        switch = _SWITCHES.get(word.lower())
        if not word:
            return
        if switch is not None:
            switch(self)
        elif word[:1] in b"><#!":
            self._password(word[:1], word[1:])
        elif word[:1] == b"(" and word[-1:] == b")":
            rules = self._new_rules()
            for one in word[1:-1].split():
                rules.apply(one)
            self.selectors.append(rules)
        else:
            self.selectors[0].apply(word)

    def flags(self) -> list[bytes]:
        """``on``, ``nopass`` and so on, in a server's order."""
        found = [b"on" if self.enabled else b"off"]
        if self.nopass:
            found.append(b"nopass")
        if self.tells_payload:
            found.append(b"skip-sanitize-payload" if self.skips_payload else b"sanitize-payload")
        return found

    def description(self) -> bytes:
        """As ACL LIST shows it, without the name."""
        own, *others = self.selectors
        parts = [*self.flags(), *(b"#" + one for one in self.passwords), own.description()]
        return b" ".join([*parts, *(b"(%b)" % one.description() for one in others)])

    def takes(self, password: bytes) -> bool:
        """Whether the user may log in with this password."""
        if not self.enabled:
            return False
        if self.nopass:
            return True
        digest = _digest(password)
        return any(hmac.compare_digest(digest, one) for one in self.passwords)

    def check(self, call: Call) -> Denial | None:
        """Why a call is not allowed; the most telling reason where several rules refuse."""
        found: Denial | None = None
        for rules in self.selectors:
            why = rules.check(call)
            if why is None:
                return None
            if found is None or why[:2] > found[:2]:
                found = why
        return found

    def _password(self, sign: bytes, text: bytes) -> None:
        if sign in b"#!" and not _HASH.fullmatch(text):
            raise RuleFault(_BAD_HASH)
        digest = text if sign in b"#!" else _digest(text)
        if sign in b">#":
            if digest not in self.passwords:
                self.passwords.append(digest)
            self.nopass = False
            return
        if digest not in self.passwords:
            raise RuleFault(_NO_PASSWORD)
        self.passwords.remove(digest)

    def _new_rules(self) -> Rules:
        rules = self._blank.copy()
        rules.all_channels = self.all_channels
        return rules

    def _set_enabled(self, *, on: bool) -> None:
        self.enabled = on

    def _set_payload(self, *, skips: bool) -> None:
        self.skips_payload = skips

    def _forget_passwords(self, *, nopass: bool) -> None:
        self.passwords.clear()
        self.nopass = nopass

    def _clear_selectors(self) -> None:
        del self.selectors[1:]

    def _reset(self) -> None:
        self._forget_passwords(nopass=False)
        self.enabled = self.skips_payload = False
        self.selectors = [self._new_rules()]


_SWITCHES: Final = {
    b"on": lambda user: user._set_enabled(on=True),  # noqa: SLF001  # its own table
    b"off": lambda user: user._set_enabled(on=False),  # noqa: SLF001
    b"nopass": lambda user: user._forget_passwords(nopass=True),  # noqa: SLF001
    b"resetpass": lambda user: user._forget_passwords(nopass=False),  # noqa: SLF001
    b"skip-sanitize-payload": lambda user: user._set_payload(skips=True),  # noqa: SLF001
    b"sanitize-payload": lambda user: user._set_payload(skips=False),  # noqa: SLF001
    b"clearselectors": lambda user: user._clear_selectors(),  # noqa: SLF001
    b"reset": lambda user: user._reset(),  # noqa: SLF001
}


class Acl:
    """Everything about users in one engine.

    Args:
        engine: the owner.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.book = Rulebook(engine.registry)
        self.log = AclLog()
        self.users: dict[bytes, User] = {}
        self.default = self._make_default()
        self.users[DEFAULT] = self.default
        self._password = ""
        engine.config.subscribe(self._configure)
        if self.path:
            self.load()

    @property
    def path(self) -> str:
        """Of the file that users are kept in; empty where there is none."""
        return self._engine.config.text("aclfile")

    @property
    def is_open(self) -> bool:
        """Whether whoever connects is the default user without further ado."""
        return self.default.enabled and self.default.nopass

    # Users

    def new_user(self, name: bytes) -> User:
        """A user that is not known yet."""
        valkey = self._engine.dialect.is_valkey
        everything = self._engine.config.text("acl-pubsub-default") == "allchannels"
        return User(name, Rules(self.book, valkey), all_channels=everything, tells_payload=not valkey)

    def set_user(self, name: bytes, words: Sequence[bytes]) -> None:
        """Makes or changes a user, wholly or not at all.

        Raises:
            CommandError: the name or one of the words is wrong.
        """
        if _BLANK.search(name):
            raise CommandError("ERR Usernames can't contain spaces or null characters")
        known = self.users.get(name)
        changed = self.new_user(name)
        if known is not None:
            changed.become(known)
        for word in self._merged(words):
            try:
                changed.apply(word)
            except RuleFault as fault:
                raise CommandError(
                    b"ERR Error in ACL SETUSER modifier '%b': %b" % (word, str(fault).encode("latin-1"))
                ) from None
        changed.settle()
        if known is None:
            self.users[name] = changed
            return
        self._end_subscriptions(known, changed)
        known.become(changed)
        self._refresh(known)

    def delete(self, name: bytes, *, by: Client) -> bool:
        """Removes a user, and whoever is logged in as this user; whether there was one."""
        user = self.users.pop(name, None)
        if user is None:
            return False
        self._end_clients(user, by=by)
        return True

    def load(self, *, by: Client | None = None) -> None:
        """Reads the users from the file, and ends the connections of those who are not in it any more.

        Args:
            by: whose connection ends with the reply only.

        Raises:
            FileError: the file does not hold; nothing has changed.
        """
        users = acl_file.load(self.path, self.new_user)
        for user in users.values():
            user.settle()
        users.setdefault(DEFAULT, self._make_default())
        # Redis 7.2 ends whoever is not the default user; since 7.4 and Valkey 8 a user who stays keeps its clients.
        keeps = self._engine.dialect.at_least("7.4.0", valkey="8.0.0")
        for name, known in tuple(self.users.items()):
            if name in users and (keeps or known is self.default):
                self._end_subscriptions(known, users[name])
                known.become(users[name])
                users[name] = known
                self._refresh(known)
            else:
                self._end_clients(known, by=by)
        self.users = users

    def save(self) -> None:
        """Writes the users to the file. Raises OSError where it cannot."""
        acl_file.save(self.path, self.sorted_users())

    def sorted_users(self) -> list[User]:
        """Every user, in the order in which a server lists them."""
        return [self.users[name] for name in sorted(self.users)]

    def log_in(self, client: Client, name: bytes, password: bytes) -> None:
        """Makes a client somebody.

        Raises:
            AuthFailed: there is no such user, it is off, or the password is wrong.
        """
        user = self.users.get(name)
        if user is None or not user.takes(password):
            raise AuthFailed(name)
        client.account, client.authenticated = user, True
        client.refresh()

    # The gate

    def enforce(self, client: Client, command: Command, argv: Sequence[bytes]) -> None:
        """Lets a call pass that its user may make.

        Raises:
            CommandError: NOPERM; it is in the log already.
        """
        call = Call(command, argv, client.ctx.db.index)
        why = client.account.check(call)
        if why is None:
            return
        context = "toplevel" if client.transaction is None else "multi"
        self.note(client, why, call, context)
        raise CommandError(b"NOPERM " + told(client.account, call, why))

    def revoked(self, client: Client, command: Command, argv: Sequence[bytes]) -> bytes | None:
        """Why a queued command may not be run any more, as EXEC answers it; None where it may."""
        call = Call(command, argv, client.ctx.db.index)
        why = client.account.check(call)
        if why is None:
            return None
        self.note(client, why, call, "multi")
        return (_REVOKED + _REVOKED_WHY[why.reason]).encode()

    def refused_in_script(self, client: Client, command: Command, argv: Sequence[bytes]) -> bytes | None:
        """Why a script may not make a call; None where it may."""
        call = Call(command, argv, client.ctx.db.index)
        why = client.account.check(call)
        if why is None:
            return None
        self.note(client, why, call, "lua")
        return b"ERR ACL failure in script: " + told(client.account, call, why)

    def may_run(self, client: Client, argv: Sequence[bytes]) -> bool:
        """What ``redis.acl_check_cmd`` tells; the number of arguments is not looked at, nothing is logged.

        Raises:
            CommandError: there is no such command.
        """
        command = self.book.called(argv)
        if command is None:
            raise CommandError("ERR Invalid command passed to redis.acl_check_cmd()")
        return client.account.check(Call(command, argv, client.ctx.db.index)) is None

    def may_read_every_key(self, client: Client, command: str, argv: Sequence[bytes]) -> bool:
        """Whether a call that its user may make may read any key besides: SORT's BY and GET."""
        found = self.book.find(command)
        if not client.account.restricted or found is None:
            return True
        call = Call(found, argv, client.ctx.db.index)
        return any(one.reads_every_key() and one.check(call) is None for one in client.account.selectors)

    def may_subscribe(self, client: Client, channel: bytes, *, pattern: bool = False) -> bool:
        """Whether a client may hear a channel, or all channels of a pattern."""
        return _hears(client.account.selectors, channel, pattern=pattern)

    def note(self, client: Client, why: Denial, call: Call, context: str) -> None:
        """Counts and logs a denial."""
        word = call.command.name.encode() if why.reason == "command" else call.argv[why.position]
        self._note(client, why.reason, context, word, client.account.name)

    def note_login(self, client: Client, word: bytes, user: bytes) -> None:
        """Counts and logs a login that failed; ``word`` is AUTH or HELLO as it was typed."""
        self._note(client, "auth", "toplevel" if client.transaction is None else "multi", word, user)

    def _note(self, client: Client, reason: str, context: str, word: bytes, user: bytes) -> None:
        engine = self._engine
        # The gate stands ahead of the place where a command's moment is taken.
        now_ms = engine.space.now_ms if engine.time_frozen else engine.clock.now_us() // 1000
        info = client_line(client.ctx, client).rstrip(b"\n")
        engine.stats.note_denied(reason)
        refusal = Refusal(reason, context, word, user, info, now_ms, now_ms)
        self.log.add(refusal, max_len=engine.config.number("acllog-max-len"))

    # Within

    def _merged(self, words: Iterable[bytes]) -> list[bytes]:
        try:
            return acl_file.merge_selectors(words)
        except RuleFault as fault:
            opening = str(fault).encode("latin-1")
            raise CommandError(b"ERR Unmatched parenthesis in acl selector starting at '%b'." % opening) from None

    def _make_default(self) -> User:
        user = self.new_user(DEFAULT)
        for word in (b"+@all", b"allkeys", b"allchannels", b"on", b"nopass"):
            user.apply(word)
        user.settle()
        return user

    def _refresh(self, user: User) -> None:
        for client in self._engine.clients.values():
            if client.account is user:
                client.refresh()

    def _end_clients(self, user: User, *, by: Client | None) -> None:
        for client in tuple(self._engine.clients.values()):
            if client.account is user:
                client.account, client.authenticated = self.default, False
                client.refresh()
                self._engine.hang_up(client, now=client is not by)

    def _end_subscriptions(self, known: User, changed: User) -> None:
        """Ends the connections of those who hear what their user may not hear any more."""
        if any(one.all_channels for one in changed.selectors):
            return
        for client in tuple(self._engine.clients.values()):
            own = client.subscriptions
            if client.account is not known or not own:
                continue
            heard = [(name, kind is Kind.PATTERN) for kind, names in own.by_kind.items() for name in names]
            if any(not _hears(changed.selectors, name, pattern=pattern) for name, pattern in heard):
                self._engine.hang_up(client, now=True)
                self._engine.disconnect(client)

    def _configure(self) -> None:
        password = self._engine.config.text("requirepass")
        if password == self._password:
            return
        self._password = password
        self.default.apply(b"nopass" if not password else b"resetpass")
        if password:
            self.default.apply(b">" + password.encode("latin-1"))


def told(user: User, call: Call, why: Denial, *, verbose: bool = False) -> bytes:
    """A denial in words, without its code; ``verbose`` names the key as ACL DRYRUN does."""
    if why.reason == "command":
        return b"User %b has no permissions to run the '%b' command" % (user.name, call.command.name.encode())
    word = call.argv[why.position]
    if why.reason == "database":
        if verbose:
            return b"User %b has no permissions to access database %b" % (user.name, word)
        return b"No permissions to access database"
    what = why.reason.encode()
    if verbose:
        return b"User %b has no permissions to access the '%b' %b" % (user.name, word, what)
    return b"No permissions to access a " + what


def _hears(selectors: Iterable[Rules], channel: bytes, *, pattern: bool) -> bool:
    return any(one.all_channels or allows_channel(one.channels, channel, is_pattern=pattern) for one in selectors)


def _digest(password: bytes) -> bytes:
    return hashlib.sha256(password).hexdigest().encode()
