"""Key specifications: where a command's keys begin, how many there are, and what is done to them.

What COMMAND INFO shows of keys, what COMMAND GETKEYSANDFLAGS tells of each one, and what ACL
rules for reading and writing go by. It must not know how a call is searched (`keys` does).

The decision a reader would question: one table instead of a line beside each handler. The same
few dozen specifications serve all commands, so that a row with its commands says more than
two hundred single ones; and the table can be held against COMMAND INFO of a server as a whole,
from which it was read (Redis 8.2.3, 7.2.6, Valkey 9.1.2).

==================  ===================================================================
``1``               the key at position 1
``1..-1``           every word from position 1 to the last
``1..-1/2``         every other one
``STREAMS@4``       behind a word that is looked for from position 4 (``-2``: backwards)
``..-1%2``          up to the last of the first half
``2#``              a number at position 2, then as many keys (``#/2``: every other word)
``?``               where nobody can say without parsing the call
==================  ===================================================================
"""

from __future__ import annotations

from typing import Final

from redis_tui.late_pattern import late_pattern
from redis_tui.spec.command import KeySpec

_SPEC: Final = late_pattern(
    r"(?:(?P<index>\d+)|(?P<word>[A-Z]+)@(?P<start>-?\d+)|\?)(?P<counted>#)?"
    r"(?:\.\.(?P<last>-?\d+))?(?:/(?P<step>\d+))?(?:%(?P<limit>\d+))? (?P<flags>[A-Za-z_ ]+)"
)

_TABLE: Final = {
    "1..-1 RM delete": "del unlink",
    "1 RM delete": "delifeq",
    "1..-1 RO": "exists touch watch",
    "1..-1 RO access": "mget sdiff sinter sunion",
    "1..-1 RW access": "pfcount",
    "1..-1 not_key": "ssubscribe sunsubscribe",
    "1..-1/2 OW insert": "msetnx",
    "1..-1/2 OW update": "mset",
    "1..-2 RW access delete": "blpop brpop bzpopmax bzpopmin",
    "1 OW insert": "setnx",
    "1 OW update": "psetex restore restore-asking setex",
    "1 OW update; 2..-1 RO access": "sdiffstore sinterstore sunionstore",
    "1 OW update; 2 RO access": "geosearchstore zrangestore",
    "1 OW update; 2# RO access": "zdiffstore zinterstore zunionstore",
    "1# RO access": "sintercard zdiff zinter zintercard zunion",
    "1# RW access delete": "lmpop zmpop",
    "1#/2 OW update": "msetex",
    "1..1 RO access": "lcs",
    "1 RO": "hexists hlen hstrlen llen scard sismember strlen type xlen zcard",
    "1 RO access": (
        "bitcount bitfield_ro bitpos digest dump expiretime geodist geohash geopos georadius_ro georadiusbymember_ro "
        "geosearch get getbit getrange hexpiretime hget hgetall hkeys hmget hpexpiretime hpttl hrandfield hscan httl "
        "hvals lindex lpos lrange pexpiretime pttl smembers smismember srandmember sscan substr ttl xpending xrange "
        "xrevrange zcount zlexcount zmscore zrandmember zrange zrangebylex zrangebyscore zrank zrevrange "
        "zrevrangebylex zrevrangebyscore zrevrank zscan zscore"
    ),
    "1 RO access; 2 OW update": "copy",
    "1 RO access; ? RO access": "sort_ro",
    "1 RO access; ? RO access; ? OW update": "sort",
    "1 RO access; STORE@5 OW update; STOREDIST@5 OW update": "georadiusbymember",
    "1 RO access; STORE@6 OW update; STOREDIST@6 OW update": "georadius",
    "1 RW access delete": "getdel hgetdel lpop rpop spop zpopmax zpopmin",
    "1 RW access delete; 2 OW insert": "renamenx",
    "1 RW access delete; 2 OW update": "rename",
    "1 RW access delete; 2 RW insert": "blmove brpoplpush lmove rpoplpush smove",
    "1 RW access insert; 2..-1 RO access": "pfmerge",
    "1 RW access update": (
        "decr decrby getex getset hgetex hincrby hincrbyfloat incr incrby incrbyfloat move setbit zincrby "
        "vadd vcard vdim vemb vgetattr vinfo vismember vlinks vrandmember vrem vsetattr vsim"
    ),
    "1 RW access update variable_flags": "bitfield set",
    "1 RW delete": (
        "hdel lrem ltrim srem xautoclaim xdel xdelex xtrim zrem zremrangebylex zremrangebyrank zremrangebyscore"
    ),
    "1 RW insert": "append hsetnx linsert lpush lpushx pfadd rpush rpushx sadd hsetex@valkey",
    "1 RW update": (
        "expire expireat geoadd hexpire hexpireat hmset hpersist hpexpire hpexpireat hset hsetex lset persist pexpire "
        "pexpireat setrange xack xadd xclaim xsetid zadd"
    ),
    "1 RW update; 2..-1 RO access": "sinterstore@redis-7.2",
    "1 RW update delete": "xackdel",
    "1 not_key": "spublish clusterscan",
    "1 RO access; STORE@5 OW update variable_flags; STOREDIST@5 OW update variable_flags": "georadiusbymember@valkey",
    "1 RO access; STORE@6 OW update variable_flags; STOREDIST@6 OW update variable_flags": "georadius@valkey",
    "2 OW update; 3..-1 RO access": "bitop",
    "2 RO": "memory|usage object|encoding object|freq object|idletime object|refcount",
    "2 RO access": "xinfo|consumers xinfo|groups xinfo|stream",
    "2 RW access": "pfdebug",
    "2 RW delete": "xgroup|delconsumer xgroup|destroy",
    "2 RW insert": "xgroup|create xgroup|createconsumer",
    "2 RW update": "xgroup|setid",
    "2# RO access": "eval_ro evalsha_ro fcall_ro",
    "2# RW access delete": "blmpop bzmpop",
    "2# RW access update": "eval evalsha fcall",
    "3 RW access delete; KEYS@-2..-1 RW access delete incomplete": "migrate",
    "STREAMS@1..-1%2 RO access": "xread",
    "STREAMS@4..-1%2 RO access": "xreadgroup",
}


def _parse(row: str) -> tuple[KeySpec, ...]:
    return tuple(_parse_one(part) for part in row.split("; "))


def _parse_one(text: str) -> KeySpec:
    match = _SPEC.fullmatch(text)
    if match is None:
        raise ValueError(f"not a key specification: {text!r}")
    index, word, start = match["index"], match["word"], match["start"]
    known = index is not None or word is not None
    return KeySpec(
        flags=tuple(match["flags"].split()),
        index=int(index) if index else None,
        keyword=word,
        start_from=int(start or 0),
        find="unknown" if not known else "keynum" if match["counted"] else "range",
        last=int(match["last"] or 0),
        step=int(match["step"] or 1),
        limit=int(match["limit"] or 0),
    )


_BY_NAME: Final = {name: _parse(row) for row, names in _TABLE.items() for name in names.split()}

VARIANTS: Final = frozenset(name.partition("@")[0] for name in _BY_NAME if "@" in name)
"""Commands whose specifications differ from server to server."""


def key_specs(name: str, server: str = "", dialect: str = "") -> tuple[KeySpec, ...]:
    """The key specifications of a command; empty where it has none.

    Args:
        name: in lower case, ``xinfo|stream``.
        server: ``redis`` or ``valkey``, where the two may differ.
        dialect: ``redis-7.2``, likewise.
    """
    for variant in (f"{name}@{dialect}", f"{name}@{server}", name):
        found = _BY_NAME.get(variant)
        if found is not None:
            return found
    return ()
