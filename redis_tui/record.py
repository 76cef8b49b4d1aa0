"""``dataclass``, with methods that are made when they are first called; ``field`` and the rest are the standard ones.

Knows nothing of redis-tui. The standard decorator writes and compiles up to seven functions for each class, a
millisecond where a class without them takes a fifteenth of that, and a start imports some two hundred classes of
which it makes a few instances. What a class is, is settled at once by the standard decorator: its fields,
slots and ``__match_args__``, so ``fields``, ``replace`` and ``match`` work as ever. Only the compiling waits.

The decision a reader would question: this and not plain classes or named tuples. The declarations stay those that
everybody knows, type checkers see ``dataclasses.dataclass``, and no tuple equals a record by accident.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass
else:

    def dataclass(
        cls: type | None = None,
        /,
        *,
        frozen: bool = False,
        slots: bool = False,
        eq: bool = True,
        kw_only: bool = False,
    ) -> type | Callable[[type], type]:
        """Makes a class one with fields.

        Args:
            cls: the class, where no option is given.
            frozen: nothing is assigned to an instance after it was made.
            slots: instances have the fields and no other attributes.
            eq: two with equal fields are equal; frozen ones can then be keys.
            kw_only: fields are given by name.

        Returns:
            The class, or what decorates it.
        """

        def decorate(cls: type) -> type:
            plain = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots, kw_only=kw_only)
            return _with_methods(plain(cls), frozen=frozen, eq=eq)

        return decorate if cls is None else decorate(cls)


__all__ = ["dataclass"]


def _with_methods(cls: type, *, frozen: bool, eq: bool) -> type:
    own = cls.__dict__
    for name in ("__init__", "__repr__", *(("__eq__", "__hash__") if eq else ())):
        if own.get(name) is None and (name != "__hash__" or frozen):
            setattr(cls, name, _at_first(cls, name, frozen=frozen))
    if frozen:
        for name, method in _FROZEN.items():
            setattr(cls, name, method)
    elif eq and "__hash__" not in own:
        cls.__hash__ = None  # type: ignore[assignment]  # as the standard one does: what changes is no key
    return cls


def _at_first(cls: type, name: str, *, frozen: bool) -> Callable[..., Any]:
    """A method that puts the compiled one in its place when it is first called."""

    def first(self: Any, /, *args: Any, **named: Any) -> Any:
        method = _initialiser(cls, frozen=frozen) if name == "__init__" else _standard(cls, name)
        method.__qualname__ = f"{cls.__qualname__}.{name}"
        setattr(cls, name, method)
        return method(self, *args, **named)

    first.__name__ = name
    return first


def _initialiser(cls: type, *, frozen: bool) -> Callable[..., None]:
    """Writes ``__init__``: the standard one could not be had for a frozen class without three more functions."""
    known: dict[str, Any] = {"_set": object.__setattr__, "_not_given": object()}
    head = ["self"]
    named: list[str] = []
    body: list[str] = []
    for each in dataclasses.fields(cls):
        name, value = each.name, each.name
        if each.default is not dataclasses.MISSING:
            known[f"_default_{name}"] = each.default
            value = name if each.init else f"_default_{name}"
        elif each.default_factory is not dataclasses.MISSING:
            known[f"_make_{name}"] = each.default_factory
            value = f"_make_{name}() if {name} is _not_given else {name}" if each.init else f"_make_{name}()"
        elif not each.init:
            continue  # __post_init__ or whoever makes it sets it
        body.append(f"_set(self, {name!r}, {value})" if frozen else f"self.{name} = {value}")
        if each.init:
            has_default = f"_default_{name}" in known
            default = f"=_default_{name}" if has_default else "=_not_given" if f"_make_{name}" in known else ""
            (named if each.kw_only else head).append(name + default)
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    given = ", ".join([*head, *(["*", *named] if named else [])])
    inner = [f"    {line}" for line in body or ["pass"]]
    lines = [f"def make({', '.join(known)}):", f"  def __init__({given}):", *inner, "  return __init__"]
    scope: dict[str, Any] = {}
    exec("\n".join(lines), {"__name__": cls.__module__}, scope)  # noqa: S102  # as the standard one does
    made: Callable[..., None] = scope["make"](**known)
    return made


def _standard(cls: type, name: str) -> Callable[..., Any]:
    """Has the standard decorator write the method, for a class with the same fields that is then let go of."""
    fields = dataclasses.fields(cls)
    body: dict[str, Any] = {each.name: each for each in fields}
    body |= {"__annotations__": {each.name: each.type for each in fields}, "__module__": cls.__module__}
    wanted = {"init": False, "repr": name == "__repr__", "eq": name in ("__eq__", "__hash__")}
    twin: type = dataclasses.dataclass(**wanted, unsafe_hash=name == "__hash__")(type(cls.__name__, (), body))
    method: Callable[..., Any] = twin.__dict__[name]
    return method


def _refuse_change(_self: object, name: str, _value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_removal(_self: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, each.name) for each in dataclasses.fields(self)]


def _take_state(self: Any, state: list[Any]) -> None:
    for each, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, each.name, value)


_FROZEN: dict[str, Callable[..., Any]] = {
    "__setattr__": _refuse_change,
    "__delattr__": _refuse_removal,
    "__getstate__": _state,
    "__setstate__": _take_state,
}
