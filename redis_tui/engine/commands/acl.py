"""ACL: who may do what, told and changed.

What a rule means and how a call is held against it is `engine.acl`; here are the replies.
"""

from __future__ import annotations

import secrets
from functools import partial
from typing import TYPE_CHECKING

from redis_tui.engine import registry
from redis_tui.engine.acl import DEFAULT, told
from redis_tui.engine.acl_rules import CATEGORIES, Call
from redis_tui.engine.registry import container, printable
from redis_tui.errors import CommandError, FileError, SubcommandFault
from redis_tui.resp.types import OK, Map, Reply, SetReply, Status
from redis_tui.spec.command import CommandFlag
from redis_tui.spec.decode import decode_int

if TYPE_CHECKING:
    from redis_tui.engine.acl_rules import Rules
    from redis_tui.engine.context import Ctx
    from redis_tui.spec.bind import Rest

_OPEN = CommandFlag.NOSCRIPT | CommandFlag.LOADING | CommandFlag.STALE
_ADMIN = _OPEN | CommandFlag.ADMIN
command = partial(registry.command, group="server")
_MOST_BITS = 4096
_SHOWN = 10

_HELP = """\
ACL <subcommand> [<arg> [value] [opt] ...]. Subcommands are:
CAT [<category>]
    List all commands that belong to <category>, or all command categories
    when no category is specified.
DELUSER <username> [<username> ...]
    Delete a list of users.
DRYRUN <username> <command> [<arg> ...]
    Returns whether the user can execute the given command without executing the command.
GETUSER <username>
    Get the user's details.
GENPASS [<bits>]
    Generate a secure 256-bit user password. The optional `bits` argument can
    be used to specify a different size.
LIST
    Show users details in config file format.
LOAD
    Reload users from the ACL file.
LOG [<count> | RESET]
    Show the ACL log entries.
SAVE
    Save the current config to the ACL file.
SETUSER <username> <{0}> [<{0}> ...]
    Create or modify a user with the specified {0}s.
USERS
    List all the registered usernames.
WHOAMI
    Return the current connection username.
HELP
    Print this help."""

container("acl", "A container for Access List Control commands.", since="6.0.0", group="server")


@command(
    "ACL CAT [category]",
    since="6.0.0",
    flags=_OPEN,
    complexity="O(1) since the categories and commands are a fixed set.",
)
def acl_cat(ctx: Ctx, rest: Rest) -> Reply:
    """Lists the ACL categories, or the commands inside a category."""
    if not rest:
        return [name.encode() for name in CATEGORIES]
    if len(rest) > 1:
        raise SubcommandFault
    members = ctx.engine.acl.book.categories.get(rest[0].decode("latin-1").lower())
    if members is None:
        raise CommandError(b"ERR Unknown category '%.128b'" % printable(rest[0]))
    return [one.name.encode() for one in members]


@command(
    "ACL DELUSER username [username ...]",
    since="6.0.0",
    flags=_ADMIN,
    complexity="O(1) amortized time considering the typical user.",
)
def acl_deluser(ctx: Ctx, names: list[bytes]) -> Reply:
    """Deletes ACL users, and terminates their connections."""
    if DEFAULT in names:
        raise CommandError("ERR The 'default' user cannot be removed")
    return sum(ctx.engine.acl.delete(name, by=ctx.client) for name in names)


@command("ACL DRYRUN username command [arg [arg ...]]", since="7.0.0", flags=_ADMIN, complexity="O(1).")
def acl_dryrun(ctx: Ctx, username: bytes, rest: Rest) -> Reply:
    """Simulates the execution of a command by a user, without executing the command."""
    acl = ctx.engine.acl
    user = acl.users.get(username)
    if user is None:
        raise CommandError(b"ERR User '%b' not found" % printable(username))
    called = acl.book.called(rest)
    if called is None:
        raise CommandError(b"ERR Command '%b' not found" % printable(rest[0]))
    if not called.takes(len(rest)):
        raise CommandError(f"ERR wrong number of arguments for '{called.name}' command")
    call = Call(called, rest, ctx.db.index)
    why = user.check(call)
    return OK if why is None else told(user, call, why, verbose=True)


@command("ACL GENPASS [bits]", since="6.0.0", flags=_OPEN, complexity="O(1)")
def acl_genpass(_ctx: Ctx, rest: Rest) -> Reply:
    """Generates a pseudorandom, secure password that can be used to identify ACL users."""
    if len(rest) > 1:
        raise SubcommandFault
    bits = decode_int(rest[0]) if rest else 256
    if not 0 < bits <= _MOST_BITS:
        raise CommandError(
            "ERR ACL GENPASS argument must be the number of bits for the output password, "
            f"a positive number up to {_MOST_BITS}"
        )
    digits = (bits + 3) // 4
    return secrets.token_hex((digits + 1) // 2)[:digits].encode()


@command(
    "ACL GETUSER username",
    since="6.0.0",
    flags=_ADMIN,
    complexity="O(N). Where N is the number of password, command and pattern rules that the user has.",
)
def acl_getuser(ctx: Ctx, username: bytes) -> Reply:
    """Lists the ACL rules of a user."""
    user = ctx.engine.acl.users.get(username)
    if user is None:
        return None
    own, *others = user.selectors
    return Map(
        [
            (b"flags", SetReply(user.flags())),
            (b"passwords", list(user.passwords)),
            *_rules(own),
            (b"selectors", [Map(_rules(one)) for one in others]),
        ]
    )


@command("ACL HELP", since="6.0.0", flags=CommandFlag.LOADING | CommandFlag.STALE, complexity="O(1)")
def acl_help(ctx: Ctx) -> Reply:
    """Returns helpful text about the different subcommands."""
    text = _HELP.format("rule" if ctx.dialect.is_valkey else "attribute")
    return [Status(line.encode()) for line in text.splitlines()]


@command("ACL LIST", since="6.0.0", flags=_ADMIN, complexity="O(N). Where N is the number of configured users.")
def acl_list(ctx: Ctx) -> Reply:
    """Dumps the effective rules in ACL file format."""
    return [b"user %b %b" % (user.name, user.description()) for user in ctx.engine.acl.sorted_users()]


@command("ACL LOAD", since="6.0.0", flags=_ADMIN, complexity="O(N). Where N is the number of configured users.")
def acl_load(ctx: Ctx) -> Reply:
    """Reloads the rules from the configured ACL file."""
    _need_file(ctx)
    try:
        ctx.engine.acl.load(by=ctx.client)
    except FileError as fault:
        raise CommandError(f"ERR {fault.message}") from None
    return OK


@command(
    "ACL LOG [count | RESET]",
    since="6.0.0",
    flags=_ADMIN,
    complexity="O(N) with N being the number of entries shown.",
)
def acl_log(ctx: Ctx, rest: Rest) -> Reply:
    """Lists recent security events generated due to ACL rules."""
    if len(rest) > 1:
        raise SubcommandFault
    log = ctx.engine.acl.log
    if rest and rest[0].lower() == b"reset":
        log.clear()
        return OK
    count = decode_int(rest[0]) if rest else _SHOWN
    return [entry.reply(ctx.now_ms) for entry in log.entries[: max(count, 0)]]


@command("ACL SAVE", since="6.0.0", flags=_ADMIN, complexity="O(N). Where N is the number of configured users.")
def acl_save(ctx: Ctx) -> Reply:
    """Saves the effective ACL rules in the configured ACL file."""
    _need_file(ctx)
    try:
        ctx.engine.acl.save()
    except OSError:
        raise CommandError(
            "ERR There was an error trying to save the ACLs. Please check the server logs for more information"
        ) from None
    return OK


@command(
    "ACL SETUSER username [rule [rule ...]]",
    since="6.0.0",
    flags=_ADMIN,
    complexity="O(N). Where N is the number of rules provided.",
)
def acl_setuser(ctx: Ctx, username: bytes, rules: list[bytes]) -> Reply:
    """Creates and modifies an ACL user and its rules."""
    ctx.engine.acl.set_user(username, rules)
    return OK


@command("ACL USERS", since="6.0.0", flags=_ADMIN, complexity="O(N). Where N is the number of configured users.")
def acl_users(ctx: Ctx) -> Reply:
    """Lists all ACL users."""
    return [user.name for user in ctx.engine.acl.sorted_users()]


@command("ACL WHOAMI", since="6.0.0", flags=_OPEN, complexity="O(1)")
def acl_whoami(ctx: Ctx) -> Reply:
    """Returns the authenticated username of the current connection."""
    return ctx.client.account.name


def _rules(rules: Rules) -> list[tuple[Reply, Reply]]:
    pairs: list[tuple[Reply, Reply]] = [
        (b"commands", rules.commands_text().encode("latin-1")),
        (b"keys", b" ".join(rules.key_words())),
        (b"channels", b" ".join(rules.channel_words())),
    ]
    if rules.knows_databases:
        pairs.append((b"databases", rules.database_text()))
    return pairs


def _need_file(ctx: Ctx) -> None:
    if ctx.engine.acl.path:
        return
    who, a = ("", "a") if ctx.dialect.is_valkey else ("Redis ", "a Redis")
    where = "configuration" if ctx.dialect.is_valkey else "Redis configuration"
    raise CommandError(
        f"ERR This {who}instance is not configured to use an ACL file. You may want to specify users via the "
        f"ACL SETUSER command and then issue a CONFIG REWRITE (assuming you have {a} configuration file set) "
        f"in order to store users in the {where}."
    )
