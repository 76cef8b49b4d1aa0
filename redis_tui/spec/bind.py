"""The only option parser: an argument tree and a handler's signature become a function.

`compile_binder` writes Python source once, at registration, and runs it: the result checks the
count, decodes and calls the handler at the cost of code written by hand. What an argument
becomes is said by the handler's annotations:

======================================  ================================================
positional ``key: bytes``               the argument as it is
``offset: int``, ``score: float``       decoded, or refused in Redis' words
``where: Literal["before", "after"]``   ``<BEFORE | AFTER>``: the word chosen, lower case
``count: int | None = None``            an optional value, ``[count]``
``keys: list[bytes]``                   ``key [key ...]``; a block flat, its parity checked
``rest: Rest``                          all that remains, for a handler that parses on its own
keyword ``nx: bool = False``            a token, ``[NX | XX]``
``ex: int | None = None``               a token with a value, ``[EX seconds]``
``limit: tuple[int, int] | None``       a token with several, ``[LIMIT offset count]``
``get: list[bytes]``                    a token that repeats, ``[GET pattern [GET pattern ...]]``
``order: Literal["asc", "desc"]``       the alternatives ``[ASC | DESC]`` in one parameter
======================================  ================================================

A keyword has the token's name, in lower case, ``-`` as ``_``, with a final ``_`` if wanted (``type_``).
Errors come from left to right. It must not know any command. The decision a reader would
question: annotations are read as text, never evaluated, so that a command module may import
types for checking only.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import field
from functools import partial
from typing import Any, Final, Literal, TypeAlias, TypeVar

from redis_tui.errors import SyntaxFault
from redis_tui.late_pattern import late_pattern
from redis_tui.record import dataclass
from redis_tui.spec.command import Arg, ArgKind
from redis_tui.spec.decode import SMALL_INTS, Options, Rest, decode_float, decode_int, wrong_arity
from redis_tui.spec.plan import choices_of, plan_of, token_of, width_of
from redis_tui.spec.usage import arity as arity_of

__all__ = [
    "BindFault",
    "Invoke",
    "Options",
    "PlainCall",
    "Rest",
    "binding",
    "compile_binder",
    "decode_float",
    "decode_int",
    "plain_call",
    "wrong_arity",
]

Invoke: TypeAlias = Callable[[Any, Sequence[bytes]], Any]
"""``invoke(ctx, args)``: the arguments without the command's name words, as a list or tuple."""

Handler = TypeVar("Handler", bound=Callable[..., Any])
_WORDS: Final = late_pattern(r"""["']([^"']*)["']""")
_LISTS: Final = {
    "list[bytes]": "list({})",
    "tuple[bytes,...]": "tuple({})",
    "Sequence[bytes]": "{}",
    "Rest": "list({})",
}


class BindFault(TypeError):
    """A handler's signature does not fit its usage line; a mistake of whoever declared the command."""


@dataclass(frozen=True, slots=True)
class _Manner:
    """What a command does with arguments that its grammar alone does not decide."""

    exclusive: bool = True
    excess: Literal["syntax", "arity"] = "syntax"


def binding(*, exclusive: bool = True, excess: Literal["syntax", "arity"] = "syntax") -> Callable[[Handler], Handler]:
    """Marks a handler whose command departs from the usual answers to wrong arguments.

    Args:
        exclusive: False where alternatives of one ``[A | B]`` may stand together, because the handler
            refuses them in words of its own (ZADD NX XX) or the last one counts (SORT ASC DESC).
        excess: the refusal of arguments after the last optional one. SPOP key 1 2 is a syntax
            error, LPOP key 1 2 and PING a b are a wrong number of arguments.
    """

    def mark(handler: Handler) -> Handler:
        handler.__dict__["__manner__"] = _Manner(exclusive, excess)
        return handler

    return mark


@dataclass(frozen=True, slots=True, eq=False)
class PlainCall:
    """How to call a handler with the arguments that its command must have: source for who writes functions."""

    name: str
    count: int
    """Arguments, named ``a0 a1 …``, of type bytes."""
    decode: tuple[str, ...]
    """Lines that decode some of them into ``b0 b1 …``; they raise as a binder does."""
    call: str
    """The expression that calls the handler on both and on ``ctx``."""
    call_more: str
    """The same, with more arguments of a repeated part or a rest, which are in ``tail``."""
    width: int
    """How many more come at once; 0 where none may come."""
    names: dict[str, Any]
    """What lines and expression refer to."""


@dataclass(slots=True)
class _Writer:
    """Source under construction, with the objects it names."""

    lines: list[str] = field(default_factory=list)
    names: dict[str, Any] = field(default_factory=dict)
    depth: int = 1

    def put(self, *lines: str) -> None:
        self.lines += ["    " * self.depth + line for line in lines]


def compile_binder(spec_name: str, args: tuple[Arg, ...], handler: Callable[..., Any], arity: int) -> Invoke:
    """Compiles the function that decodes arguments and calls a handler.

    Args:
        spec_name: lower case, ``client|setname``; it stands in the refusal of a wrong count.
        args: the argument tree of `usage.parse_usage`.
        handler: ``handler(ctx, ...)``.
        arity: as COMMAND INFO counts, the name's words included.

    Returns:
        ``invoke(ctx, args)``. It raises `CommandError` for a wrong count, syntax or value.

    Raises:
        BindFault: the signature does not fit the tree.
    """
    return _Binder(spec_name, args, handler, arity).compile()


def plain_call(spec_name: str, args: tuple[Arg, ...], handler: Callable[..., Any], arity: int) -> PlainCall | None:
    """How to call a handler with the required arguments only; None where options come ahead of those.

    Args:
        spec_name: as for `compile_binder`, like the others.
    """
    return _Binder(spec_name, args, handler, arity).plain()


class _Binder:
    """One compilation."""

    def __init__(self, spec_name: str, args: tuple[Arg, ...], handler: Callable[..., Any], arity: int) -> None:
        words = 2 if "|" in spec_name else 1
        self.name = spec_name
        self.handler = handler
        self.manner: _Manner = getattr(handler, "__manner__", _Manner())
        self.plan = plan_of(args)
        self.exact = arity > 0
        self.least = abs(arity) - words
        self.tree_least = abs(arity_of(args)) - 1
        params = list(inspect.signature(handler).parameters.values())[1:]
        self.positional = [param for param in params if param.kind is not param.KEYWORD_ONLY]
        self.keywords = [param for param in params if param.kind is param.KEYWORD_ONLY]
        self.out = _Writer(
            names={
                "handler": handler,
                "decode_int": decode_int,
                "decode_float": decode_float,
                "small_int": SMALL_INTS.get,
                "syntax": SyntaxFault,
                "arity": partial(wrong_arity, spec_name),
            }
        )
        self.groups = 0

    def compile(self) -> Invoke:
        self.out.lines.append("def invoke(ctx, args):")
        if self.positional and _type_of(self.positional[-1]) == "Rest":
            self._write_rest()
        elif self._is_fixed():
            self._write_fixed()
        else:
            self._write_general()
        source = "\n".join(self.out.lines)
        exec(compile(source, f"<binder of {self.name}>", "exec"), self.out.names)  # noqa: S102  # source is made here from declarations, never from input
        invoke: Invoke = self.out.names["invoke"]
        return invoke

    def plain(self) -> PlainCall | None:
        nodes, out = self.plan.head + self.plan.body, self.out
        takes_rest = bool(self.positional) and _type_of(self.positional[-1]) == "Rest"
        if takes_rest:
            nodes = nodes[: len(self.positional) - 1]
        elif self.plan.lead or self.tree_least < self.least:
            return None
        passed, count, width = ["ctx"], 0, 0
        out.depth = 0
        for node, param in zip(nodes, self.positional, strict=False):
            slots = [f"a{count + at}" for at in range(width_of(node))]
            if node.multiple:
                brackets = "[%s]" if _type_of(param) == "list[bytes]" else "(%s)"
                passed.append(brackets % "".join(f"{slot}, " for slot in slots))
                width = len(slots) if node is nodes[-1] else 0
            else:
                passed.append(self._plain_slot(count, node, param))
            count += len(slots)
        if takes_rest:
            passed.append(f"[{''.join(f'a{at}, ' for at in range(count, self.least))}]")
            count, width = max(count, self.least), 0 if self.exact else 1
        else:
            passed += ["[]" for param in self.positional[len(nodes) :] if param.default is param.empty]
        call = f"handler({', '.join(passed)})"
        with_tail = f"handler({', '.join([*passed[:-1], passed[-1][:-1] + '*tail' + passed[-1][-1]])})"
        return PlainCall(self.name, count, tuple(out.lines), call, with_tail if width else call, width, out.names)

    def _plain_slot(self, at: int, node: Arg, param: inspect.Parameter) -> str:
        """Writes what decodes an argument; the name of what comes of it."""
        written = len(self.out.lines)
        self.out.put(f"b{at} = a{at}")
        self._decode_slot(f"b{at}", node, param)
        if len(self.out.lines) > written + 1:
            return f"b{at}"
        del self.out.lines[written]
        return f"a{at}"

    def _fail(self, message: str) -> BindFault:
        return BindFault(f"{self.name}: {message}")

    def _is_fixed(self) -> bool:
        plan = self.plan
        return self.exact and not (plan.lead or plan.groups or plan.options or any(a.multiple for a in plan.body))

    # -- the three shapes ------------------------------------------------------------------

    def _write_fixed(self) -> None:
        """GET key: nothing optional."""
        nodes = self.plan.head + self.plan.body
        self._expect_positional(len(nodes))
        slots = [f"a{index}" for index in range(len(nodes))]
        if slots:
            self.out.put("try:", f"    {', '.join(slots)}, = args", "except ValueError:", "    raise arity() from None")
        else:
            self.out.put("if args:", "    raise arity()")
        for slot, node, param in zip(slots, nodes, self.positional, strict=True):
            self._decode_slot(slot, node, param)
        self.out.put(f"return handler({', '.join(['ctx', *slots])})")

    def _write_rest(self) -> None:
        """EVAL script numkeys …: the handler parses what follows its named parameters."""
        if self.keywords:
            raise self._fail("`rest: Rest` leaves nothing for keyword parameters")
        nodes = (self.plan.head + self.plan.body)[: len(self.positional) - 1]
        if len(nodes) < len(self.positional) - 1:
            raise self._fail("more parameters than required arguments before `rest`")
        size = len(nodes)
        slots = [f"a{index}" for index in range(size)]
        if size >= self.least and size and not self.exact:
            self._write_only_required(nodes, "[]")  # SET key value: the commonest call needs no slices
        self._write_count_check(max(self.least, size))
        for index, (node, param) in enumerate(zip(nodes, self.positional, strict=False)):
            self.out.put(f"a{index} = args[{index}]")
            self._decode_slot(f"a{index}", node, param)
        self.out.put(f"return handler({', '.join(['ctx', *slots, f'list(args[{size}:])'])})")

    def _write_general(self) -> None:
        """Anything optional or repeated."""
        plan, out = self.plan, self.out
        optional = [node for group in plan.groups for node in group]
        self._expect_positional(len(plan.head) + len(plan.body) + len(optional))
        if not plan.lead and not any(node.multiple for node in plan.body) and self.tree_least >= self.least:
            self._write_fast_path()
        out.put("n = len(args)")
        self._write_count_check(max(self.least, self.tree_least), known="n")
        params = iter(self.positional)
        passed = ["ctx"]
        for index, node in enumerate(plan.head):
            out.put(f"a{index} = args[{index}]")
            self._decode_slot(f"a{index}", node, next(params))
            passed.append(f"a{index}")
        keywords = self._match_keywords()
        self._write_defaults()
        out.put(f"i = {len(plan.head)}")
        if plan.lead:
            self._write_options(plan.lead, keywords, at_end="break")
        self._write_body(params, passed)
        self._write_optional(params, passed)
        if plan.options:
            self._write_options(plan.options, keywords, at_end="raise syntax")
        elif not any(node.multiple for node in plan.body + optional):
            refusal = (
                "arity()" if self.exact or self.manner.excess == "arity" or not (optional or plan.lead) else "syntax"
            )
            out.put("if i < n:", f"    raise {refusal}")
        passed += [f"{param.name}=o_{param.name}" for param in self.keywords]
        out.put(f"return handler({', '.join(passed)})")

    # -- parts -----------------------------------------------------------------------------

    def _expect_positional(self, count: int) -> None:
        if count != len(self.positional):
            raise self._fail(f"the usage has {count} positional arguments, the handler takes {len(self.positional)}")
        if self.keywords and not (self.plan.lead or self.plan.options):
            raise self._fail(f"the usage has no option for {self.keywords[0].name!r}")

    def _write_count_check(self, least: int, known: str = "len(args)") -> None:
        test = f"{known} != {least}" if self.exact else f"{known} < {least}"
        if self.exact or least:
            self.out.put(f"if {test}:", "    raise arity()")

    def _write_fast_path(self) -> None:
        """Exactly the required arguments: no option can be there, the handler's own defaults do."""
        nodes = self.plan.head + self.plan.body
        missing = self.positional[len(nodes) :]
        self._write_only_required(nodes, *("[]" for param in missing if param.default is param.empty))

    def _write_only_required(self, nodes: list[Arg], *more: str) -> None:
        slots = [f"a{index}" for index in range(len(nodes))]
        self.out.put(f"if len(args) == {len(nodes)}:")
        self.out.depth += 1
        if slots:
            self.out.put(f"{', '.join(slots)}, = args")
        for slot, node, param in zip(slots, nodes, self.positional, strict=False):
            self._decode_slot(slot, node, param)
        self.out.put(f"return handler({', '.join(['ctx', *slots, *more])})")
        self.out.depth -= 1

    def _write_body(self, params: Any, passed: list[str]) -> None:
        """Required arguments behind the head; at most one of them repeats."""
        nodes, out = self.plan.body, self.out
        repeated = [index for index, node in enumerate(nodes) if node.multiple]
        if len(repeated) > 1 or (repeated and (self.plan.groups or self.plan.options)):
            raise self._fail("something follows a repeated argument: take `rest: Rest`")
        if self.plan.lead:
            out.put(f"if n - i < {sum(width_of(node) for node in nodes)}:", "    raise syntax")
        for index, node in enumerate(nodes):
            slot, param = f"b{index}", next(params)
            if node.multiple:
                self._write_list(slot, node, param, tail=len(nodes) - index - 1)
            else:
                out.put(f"{slot} = args[i]", "i += 1")
                self._decode_slot(slot, node, param)
            passed.append(slot)

    def _write_list(self, slot: str, node: Arg, param: inspect.Parameter, tail: int = 0) -> None:
        template = _LISTS.get(_type_of(param))
        if template is None:
            raise self._fail(f"{param.name!r} repeats: annotate it list[bytes]")
        stop = f"n - {tail}" if tail else "n"
        if (width := width_of(node)) > 1:
            # MSET a 1 b, HSET h a 1 b -> wrong number of arguments; ZADD z 1 a 2 -> syntax error.
            refusal = "syntax" if self.plan.lead else "arity()"
            self.out.put(f"if ({stop} - i) % {width}:", f"    raise {refusal}")
        self.out.put(f"{slot} = {template.format(f'args[i:{stop}]')}", f"i = {stop}")

    def _write_optional(self, params: Any, passed: list[str]) -> None:
        """Optional values, nested: a group is looked at only where the one before it was given."""
        out, depth = self.out, self.out.depth
        slots = [f"c{index}_{inner}" for index, group in enumerate(self.plan.groups) for inner in range(len(group))]
        chosen = [next(params) for _ in slots]
        for slot, param in zip(slots, chosen, strict=True):
            out.names[f"d_{slot}"] = [] if param.default is param.empty else param.default
            out.put(f"{slot} = d_{slot}")
        pairs = iter(zip(slots, chosen, strict=True))
        for group in self.plan.groups:
            out.put("if i < n:")
            out.depth += 1
            if len(group) > 1:
                out.put(f"if n - i < {len(group)}:", "    raise syntax")
            for node in group:
                slot, param = next(pairs)
                if node.multiple:
                    self._write_list(slot, node, param)
                    continue
                out.put(f"{slot} = args[i]", "i += 1")
                self._decode_slot(slot, node, param)
        out.depth = depth
        passed += slots

    def _decode_slot(self, slot: str, node: Arg, param: inspect.Parameter) -> None:
        """Decodes a positional argument in place."""
        wanted = _type_of(param)
        if wanted == "int":
            self.out.put(f"v = small_int({slot})", f"{slot} = v if v is not None else decode_int({slot})")
            return
        expression = self._decoded(slot, wanted, node, param.name)
        if expression != slot:
            self.out.put(f"{slot} = {expression}")
        if _is_word(wanted):
            self.out.put(f"if {slot} is None:", "    raise syntax")

    def _decoded(self, text: str, wanted: str, node: Arg, name: str) -> str:
        """The expression that decodes one argument; words become None where they do not match."""
        if wanted == "bytes":
            return text
        if wanted == "int":
            return f"decode_int({text})"
        if wanted == "float":
            return f"decode_float({text})"
        if _is_word(wanted) and node.kind is ArgKind.ONEOF:
            table = f"w_{name}"
            self.out.names[table] = {
                (child.token or "").encode(): (child.token or "").lower() for child in node.children
            }.get
            return f"{table}({text}.upper())"
        raise self._fail(f"cannot decode {name!r} as {wanted!r}")

    # -- options ---------------------------------------------------------------------------

    def _match_keywords(self) -> dict[str, inspect.Parameter]:
        """Token (or ``A|B`` for a Literal over alternatives) to parameter; each must find its other."""
        by_name = {param.name.rstrip("_"): param for param in self.keywords}
        found: dict[str, inspect.Parameter] = {}
        for node in self.plan.lead + self.plan.options:
            literal = self._literal_for(node)
            for choice in choices_of(node):
                param = literal or by_name.get(token_of(choice).lower().replace("-", "_"))
                if param is None:
                    raise self._fail(f"the handler has no parameter for {token_of(choice)}")
                found[token_of(choice)] = param
        unused = {param.name for param in self.keywords} - {param.name for param in found.values()}
        if unused:
            raise self._fail(f"the usage has no option for {sorted(unused)}")
        return found

    def _literal_for(self, node: Arg) -> inspect.Parameter | None:
        if node.kind is not ArgKind.ONEOF or node.token:
            return None
        words = {token_of(child).lower() for child in node.children}
        for param in self.keywords:
            if _type_of(param).startswith("Literal") and set(_WORDS.findall(_type_of(param))) == words:
                return param
        return None

    def _write_defaults(self) -> None:
        for param in self.keywords:
            if param.default is param.empty:
                raise self._fail(f"{param.name!r} needs a default")
            self.out.names[f"d_{param.name}"] = param.default
            is_list = _type_of(param) == "list[bytes]"
            self.out.put(f"o_{param.name} = " + ("[]" if is_list else f"d_{param.name}"))

    def _write_options(self, nodes: list[Arg], keywords: dict[str, inspect.Parameter], *, at_end: str) -> None:
        """The loop over options: any order, any case."""
        out = self.out
        starts = []
        for node in nodes:
            choices = choices_of(node)
            group = None
            if len(choices) > 1 and self.manner.exclusive:
                self.groups += 1
                group = f"g{self.groups}"
                out.put(f"{group} = 0")
            starts += [(choice, group, number) for number, choice in enumerate(choices, 1)]
        out.put("while i < n:", "    word = args[i].upper()")
        out.depth += 1
        for index, (choice, group, number) in enumerate(starts):
            out.put(f"{'elif' if index else 'if'} word == {token_of(choice).encode()!r}:")
            out.depth += 1
            if group:
                # The same one twice passes (SET k v NX NX -> OK), two of them do not.
                out.put(f"if {group} and {group} != {number}:", "    raise syntax", f"{group} = {number}")
            self._write_option(choice, keywords[token_of(choice)])
            out.depth -= 1
        out.put("else:", f"    {at_end}")
        out.depth -= 1

    def _write_option(self, node: Arg, param: inspect.Parameter) -> None:
        """Takes one option's values; ``i`` stands on its token."""
        out, slot, wanted = self.out, f"o_{param.name}", _type_of(param)
        if node.kind is ArgKind.PURE_TOKEN:
            value = "True" if wanted == "bool" else repr(token_of(node).lower())
            out.put(f"{slot} = {value}", "i += 1")
            return
        values = node.children if node.kind is ArgKind.BLOCK and not node.multiple else (node,)
        if not (node.token or node.multiple) or any(value.optional for value in values if value is not node):
            raise self._fail(f"{token_of(node)} has optional parts: take `rest: Rest`")
        out.put(f"if i + {len(values)} >= n:", "    raise syntax")
        if node.kind is ArgKind.BLOCK and node.multiple:
            out.put(f"{slot}.append(args[i + 1])", "i += 2")
        elif node.multiple:
            out.put(f"{slot} = list(args[i + 1:])", "i = n")
        elif wanted.startswith("tuple["):
            types = wanted[6:-1].split(",")
            if len(types) != len(values):
                raise self._fail(f"{param.name!r} needs a tuple of {len(values)}")
            parts = [
                self._decoded(f"args[i + {k}]", types[k - 1], values[k - 1], param.name)
                for k in range(1, len(types) + 1)
            ]
            out.put(f"{slot} = ({', '.join(parts)})", f"i += {len(values) + 1}")
        else:
            out.put(f"{slot} = {self._decoded('args[i + 1]', wanted, node, param.name)}")
            if _is_word(wanted):
                out.put(f"if {slot} is None:", "    raise syntax")
            out.put("i += 2")


def _is_word(wanted: str) -> bool:
    return wanted == "str" or wanted.startswith("Literal[")


def _type_of(param: inspect.Parameter) -> str:
    """An annotation as text without spaces and without ``| None``."""
    annotation = param.annotation
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))
    if not isinstance(annotation, str) and "[" in str(annotation):
        text = str(annotation).replace("typing.", "").replace("collections.abc.", "")
    parts = [part for part in text.replace(" ", "").split("|") if part != "None"]
    return "|".join(parts)
