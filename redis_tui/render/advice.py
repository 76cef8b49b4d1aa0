"""What an error of a server means and what to do next: one table for every face.

Knows the codes and the wordings of Redis and Valkey, and nothing of where an error came from.

The decision a reader would question: a code is looked up before a message. Within a code the message
may still say more (a cluster refuses for five reasons), so `_FINER` is asked first; an error that
no table knows gets no sentence at all, because a guess would be worse than the server's own words.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Advice(NamedTuple):
    """What an error means and what to do next, a sentence each."""

    meaning: str
    action: str


_CODES: dict[str, Advice] = {
    "WRONGTYPE": Advice(
        "The key holds another type than this command works on.", "Look with TYPE key; delete or rename the key."
    ),
    "NOSCRIPT": Advice(
        "The server's script cache does not hold this script.",
        "Run it by EVAL or load it with SCRIPT LOAD; a restart, SCRIPT FLUSH or a failover empties the cache.",
    ),
    "BUSY": Advice(
        "Another script has been running for longer than the server allows, so it answers nobody else.",
        "Wait, or kill that script (.kill, SCRIPT KILL).",
    ),
    "UNKILLABLE": Advice(
        "The script has already written, and ending it now would leave half of its work.",
        "Wait for it to end; the only other way is to stop the server without saving.",
    ),
    "NOTBUSY": Advice("No script is running.", "There is nothing to kill."),
    "OOM": Advice(
        "The server has reached maxmemory and refuses commands that may need more.",
        "Delete keys, raise maxmemory, or choose an eviction policy (CONFIG GET maxmemory*).",
    ),
    "READONLY": Advice(
        "This server is a replica, or this connection was opened read-only: it refuses writes.",
        "Connect to the master, or open the connection without read_only.",
    ),
    "NOPERM": Advice(
        "The user of this connection may not run that command or touch that key.",
        "Look with ACL WHOAMI and ACL GETUSER; ask whoever looks after the server for the right.",
    ),
    "NOAUTH": Advice("The server wants a password first.", "Give it with AUTH, or in the URL."),
    "WRONGPASS": Advice(
        "The user name or the password is wrong, or the user is disabled.", "Check both and try again."
    ),
    "CROSSSLOT": Advice(
        "The keys belong to different slots of the cluster.",
        "Give them a common part in braces: {user:1}:name and {user:1}:age share a slot.",
    ),
    "MOVED": Advice(
        "Another node of the cluster holds this key.",
        "Open the whole cluster (redis+cluster://host:port), or the node that the reply names.",
    ),
    "ASK": Advice("The key's slot is being moved to another node.", "Ask the node that the reply names."),
    "NODEDOWN": Advice(
        "A node of the cluster does not answer; the others go on.",
        "Look at it with CLUSTER NODES; if it announces an address that is not reached from here, see "
        "cluster-announce-ip.",
    ),
    "CLUSTERDOWN": Advice("The cluster cannot serve this slot now.", "Look with CLUSTER INFO and CLUSTER NODES."),
    "MISCONF": Advice(
        "The server cannot save to disk and therefore refuses writes.",
        "Look at its log for the reason; the setting is stop-writes-on-bgsave-error.",
    ),
    "MASTERDOWN": Advice(
        "This replica has lost its master and is set not to serve old data.",
        "Connect to another server, or set replica-serve-stale-data.",
    ),
    "LOADING": Advice("The server is still loading its data from disk.", "Try again in a moment."),
    "NOREPLICAS": Advice(
        "Fewer replicas are connected than the server wants before it takes writes.",
        "Look with INFO replication; the setting is min-replicas-to-write.",
    ),
    "EXECABORT": Advice(
        "A command was refused while the transaction was put together, so none of it ran.",
        "Mend that command and begin again with MULTI.",
    ),
    "NOPROTO": Advice("The server does not speak this protocol version.", "Use HELLO 2, or HELLO 3 from Redis 6 on."),
    "BUSYKEY": Advice("The key exists already.", "Delete it first, or give RESTORE the word REPLACE."),
    "TRYAGAIN": Advice(
        "The keys' slot is on its way to another node, and some of them are here and some are there.",
        "Try again in a moment; CLUSTER NODES shows how far it is.",
    ),
    "UNBLOCKED": Advice(
        "Somebody ended the wait, or the server became a replica meanwhile.", "Look with ROLE; then wait again."
    ),
    "DENIED": Advice(
        "The server is in protected mode: it has no password, and answers its own machine only.",
        "Connect from there, or set a password for the default user.",
    ),
    "IOERR": Advice(
        "The server could not reach the other server, or it did not answer in time.",
        "Check address and port from the server's side, and give MIGRATE a longer timeout.",
    ),
    "BUSYGROUP": Advice("The stream has a consumer group of that name.", "Go on with it; XINFO GROUPS key lists them."),
    "NOGROUP": Advice(
        "The stream does not exist, or it has no consumer group of that name.",
        "Make it: XGROUP CREATE key group $ MKSTREAM.",
    ),
    "INVALIDOBJ": Advice(
        "The string is no sound HyperLogLog any more.", "Something else has written to the key; build it anew."
    ),
    "INPROG": Advice("A failover is under way already.", "Wait for it; INFO replication shows how far it is."),
    "NOGOODSLAVE": Advice("No replica is fit to take over.", "Look with SENTINEL REPLICAS master."),
    "NOQUORUM": Advice("Too few Sentinels answer to decide anything.", "Look with SENTINEL CKQUORUM master."),
    "NOMASTERLINK": Advice("This server has no link to its master now.", "Try again once INFO replication says up."),
    "REDIRECT": Advice("Another node takes these commands now.", "Connect to the node that the reply names."),
}
"""By the first word of the error."""

_FINER: tuple[tuple[str, re.Pattern[str], Advice], ...] = tuple(
    (code, re.compile(pattern), Advice(meaning, action))
    for code, pattern, meaning, action in (
        (
            "UNKILLABLE",
            r"sent by a master",
            "The script came from the master of this replica, so only the master can end it.",
            "Kill it there; the replica then follows.",
        ),
        (
            "READONLY",
            r"write flag",
            "The script says that it writes, and this server is a replica, which takes no writes.",
            "Run it on the master, or give it the flag no-writes if it only reads.",
        ),
        (
            "OOM",
            r"allow-oom",
            "The server has reached maxmemory, and runs only scripts that promise to need no more.",
            "Free memory, or begin the script with #!lua flags=allow-oom if it frees some itself.",
        ),
        (
            "MISCONF",
            r"AOF",
            "The server cannot write its append-only file and therefore refuses writes.",
            "Look at its log and at the disk's free space; INFO persistence tells when it can again.",
        ),
        (
            "MASTERDOWN",
            r"allow-stale",
            "This replica has lost its master and is set not to run scripts on old data.",
            "Connect to another server, or begin the script with #!lua flags=allow-stale,no-writes.",
        ),
        (
            "CLUSTERDOWN",
            r"slot not served",
            "No node of the cluster holds the slot of this key.",
            "CLUSTER SLOTS shows which are missing; give them to a node (redis-cli --cluster fix).",
        ),
        (
            "BUSY",
            r"module command",
            "A module's command has been running for longer than the server allows, so it answers nobody else.",
            "Wait for it to end; a script kill does not reach it.",
        ),
        (
            "WRONGTYPE",
            r"HyperLogLog",
            "The key holds a string, but no HyperLogLog.",
            "Use another key for PFADD, or look with GET key at what wrote it.",
        ),
        (
            "EXECABORT",
            r"because of: ",
            "The server could not run the transaction as a whole, so none of it ran.",
            "The text behind the colon says why; mend that and begin again with MULTI.",
        ),
    )
)
"""Where the message tells more than the code: code, pattern, advice."""

_PATTERNS: tuple[tuple[re.Pattern[str], Advice], ...] = tuple(
    (re.compile(pattern), Advice(meaning, action))
    for pattern, meaning, action in (
        (
            r"[Ee]rror compiling (script|function)",
            "The script has a syntax error; nothing of it ran.",
            "Mend the marked line; what is missing may also stand on a line before it.",
        ),
        (
            r"Unknown lua shebang option: name=",
            "This is a library of functions, not a script.",
            "Run one of its functions with --fcall NAME, or FUNCTION LOAD it (`.load FILE` at the prompt) and FCALL.",
        ),
        (
            r"nonexistent global variable '(KEYS|ARGV)'",
            "KEYS and ARGV exist in scripts only; a function gets them as its arguments.",
            "Write function(keys, args) and use those.",
        ),
        (
            r"nonexistent global variable",
            "The name was never given a value: Redis forbids reading globals that do not exist.",
            "Check the spelling, or declare it with local before this line.",
        ),
        (
            r"modify a readonly table|create global variable",
            "Scripts may not create or change global variables.",
            "Write local before the name where it is first given a value.",
        ),
        (
            r"[Ss]cript killed by user|killed by user",
            "The script was killed while it ran.",
            "Look for a loop without an end on the marked line.",
        ),
        (
            r"attempt to (index|perform arithmetic on|concatenate|call|compare|get length of)",
            "A value here is not of the type that this line works on, often because it is nil or false.",
            "A reply that is missing is false in Lua; test it with `if not value then` first.",
        ),
        (
            r"arguments must be strings or integers",
            "redis.call takes strings and numbers only; one of its arguments is nil, a boolean or a table.",
            "Are there as many KEYS and ARGV as the script uses? Use tostring(…) or unpack(…).",
        ),
        (
            r"[Ww]rong number of arg",
            "The command was called with too few or too many arguments.",
            "Its usage: `.help NAME` at the prompt of `redis-tui repl`.",
        ),
        (
            r"[Uu]nknown (Redis |Valkey )?command|unknown subcommand",
            "The server has no command of that name.",
            "Check the spelling, and with INFO server whether this version has it.",
        ),
        (
            r"command is not allowed from script",
            "This command may not be called inside a script.",
            "Call it before or after the script.",
        ),
        (
            r"do not hash to the same slot|different slots|non local key",
            "In a cluster a script may only touch keys of one slot.",
            "Give the keys a common part in braces, {user:1}:name, and pass all of them in KEYS.",
        ),
        (
            r"undeclared key|keys that the script uses should be passed",
            "The script touches a key that was not passed in KEYS, which is refused here.",
            "Pass every key in KEYS, also those that the script puts together itself.",
        ),
        (
            r"flag.* on the script|[Uu]nexpected (flag|engine)|Unknown lua shebang option|[Ii]nvalid engine",
            "The first line of the script (#!lua …) does not say what this server wants of it.",
            "Flags are no-writes allow-oom allow-stale no-cluster allow-cross-slot-keys; the engine is lua.",
        ),
        (
            r"[Ww]rite commands are not allowed from read-only",
            "The script was run read-only, and this line writes.",
            "Run it by EVAL, not EVAL_RO; without --read-only, and without the flag no-writes.",
        ),
        (
            r"Number of keys can't be",
            "The number of keys does not agree with the arguments that follow it.",
            "The number comes first: EVAL script 1 key arg…",
        ),
        (r"stack overflow", "A function calls itself without an end.", "Look at the recursion's last case."),
        (
            r"not enough memory|used memory > 'maxmemory'",
            "The script needed more memory than it may have.",
            "Build smaller tables, or work in several runs.",
        ),
        (
            r"[Ss]yntax error",
            "The command's arguments do not fit its grammar.",
            "Its usage: `.help NAME` at the prompt of `redis-tui repl`.",
        ),
        (
            r"not an integer or out of range|not a valid float",
            "A number was wanted, and this is none, or it is too large.",
            "Look at the value with GET key, or check the argument.",
        ),
        (
            r"increment or decrement would overflow|would produce NaN",
            "The result would be larger than a number can be here.",
            "Integers end at 9,223,372,036,854,775,807; Lua's own are exact to 9,007,199,254,740,992.",
        ),
        (
            r"Function not found",
            "No library that is loaded has a function of that name.",
            "FUNCTION LIST shows what there is; load the library first (FUNCTION LOAD).",
        ),
        (
            r"Library .* already exists",
            "A library of that name is loaded already.",
            "Give FUNCTION LOAD the word REPLACE, or choose another name.",
        ),
        (
            r"cjson|[Ee]xpected .* but found|found invalid token",
            "The text is not sound JSON, or a value is of a kind that JSON does not have.",
            "Look at the text with redis.log, or test it with pcall(cjson.decode, text).",
        ),
        (
            r"DB index is out of range|invalid DB index",
            "The server has no database of that number.",
            "CONFIG GET databases tells how many; a cluster has one, number 0.",
        ),
        (
            r"max number of clients",
            "The server has as many connections as it takes.",
            "Close some, look with CLIENT LIST, or raise maxclients.",
        ),
        (r"no such key", "The key does not exist.", "Check its name, and the database with SELECT."),
    )
)


def known_errors() -> list[tuple[str, Advice]]:
    """Every error that is explained here, for a reference: codes first, then texts, which have no code of their own."""
    return [*_CODES.items(), *(("", advice) for _, advice in _PATTERNS)]


def advise(code: str, message: str) -> Advice | None:
    """What an error means and what to do next; None for one that is not known.

    Args:
        code: its first word, ``WRONGTYPE``.
        message: the rest.
    """
    for finer, pattern, advice in _FINER:
        if finer == code and pattern.search(message):
            return advice
    if code in _CODES:
        return _CODES[code]
    return next((advice for pattern, advice in _PATTERNS if pattern.search(message)), None)
