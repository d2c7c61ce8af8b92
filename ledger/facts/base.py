"""What every fact has (the envelope), and the types its own fields are made of.

A fact class is the only definition of a kind of fact: options, JSON, files, help and tests follow
from it. Rules that need only the fact itself are validators. A rule that needs the thing's history
is the static method `check(fact, history, known)`; it works on entries, so the same rule refuses a
step when it is recorded and finds it broken when an earlier fact is retracted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from types import UnionType
from typing import Annotated, Any, ClassVar, Protocol, Self, TypeVar, Union, get_args, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic.fields import FieldInfo

from ledger.errors import Several, VigilError
from ledger.errors.rules import OccurredAfterReceived, StepNotAllowed, UnknownThing
from ledger.errors.values import (
    FieldMissing,
    FieldUnknown,
    FieldWrongType,
    NotInVocabulary,
    TextUnstorable,
    UnknownPlace,
)
from ledger.history import Entry
from ledger.registry import SET_BY_LEDGER, Kind, nearest
from ledger.values.country import country_code
from ledger.values.digits import whole
from ledger.values.instants import zone_known
from ledger.values.place import is_site
from ledger.values.source import Source
from ledger.values.text import REFUSED, Name, Pseudonym, Text, refusal
from ledger.values.when import When
from ledger.vocabulary import terms


class Known(Protocol):
    """What a value or a rule may ask about everything else in the ledger."""

    def place(self, text: str) -> str:
        """The stored name of a place; raises `UnknownPlace`."""

    def exists(self, id: str) -> bool:
        """Whether a thing was begun and its beginning stands."""

    def holds(self, id: str, version: int) -> bool:
        """Whether a thing that stands has a fact of this number."""

    def ids(self, kind: str) -> Sequence[str]:
        """Ids of one kind, for "did you mean"."""

    def facts(self, id: str) -> Sequence[Entry]:
        """The effective facts of another thing, with all that is held."""


#: A whole number, in any digits.
Whole = Annotated[int, BeforeValidator(whole)]


class Fact(BaseModel):
    """The envelope. `id`, `version`, `uuid`, `recorded`, `batch` are filled in by the ledger."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    kind: ClassVar[Kind]
    #: The fact as people type it after `vigil record`.
    example: ClassVar[str]
    #: What is refused of this kind of fact beyond what every fact is refused for.
    refusals: ClassVar[tuple[type[VigilError], ...]] = ()

    id: str | None = Field(None, description="the thing it speaks of")
    version: int | None = Field(None, description="its place among the facts of its thing")
    uuid: str | None = Field(None, description="122 random bits, which salt the fact's hash")
    occurred: When | None = Field(None, description="when it happened")
    received: When | None = Field(None, description="when the office learned it")
    recorded: When | None = Field(None, description="the ledger's clock, UTC")
    actor: Pseudonym | None = Field(None, description="who records it")
    source: Source | None = Field(None, description="where it comes from")
    key: Name | None = Field(None, description="what makes recording it twice harmless")
    batch: Name | None = Field(None, description="the import it came with")
    note: Text | None = Field(None, description="free text, stored exactly")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        self.check_times()
        return self

    def check_times(self) -> None:
        """Nobody learns of something before it happens; asked again once zones are settled."""
        occurred, received = self.occurred, self.received
        if occurred is None or received is None:
            return
        if occurred.settled and received.settled and occurred.earliest >= received.latest:
            raise OccurredAfterReceived(
                occurred=occurred.text, received=received.text, field="occurred"
            )

    @staticmethod
    def check(fact: Entry, history: Sequence[Entry], known: Known) -> None:
        """Refuse a fact that does not follow from the effective history of its thing."""

    @staticmethod
    def check_amended(history: Sequence[Entry], known: Known) -> None:
        """Asked of the fact that begins a thing: refuse what the thing's facts, as an amendment
        would have them read, may not be together with other things."""

    @classmethod
    def has_rule(cls) -> bool:
        """Whether a fact of this kind has to follow from those before it."""
        return cls.check is not Fact.check

    @property
    def begins(self) -> bool:
        """Whether it is the first fact of its thing."""
        return self.kind.begins(self.__dict__)  # a family's own field has no other name

    def entails(self) -> list[dict[str, Any]]:
        """Further facts, as fields, that are recorded with this one or not at all."""
        return []

    @classmethod
    def read(cls, fields: Mapping[str, Any], known: Known) -> Self:
        """A fact from fields as people write them; raises the refusal of every bad field."""
        refused: VigilError
        try:
            fact: Self = cls.__pydantic_validator__.validate_python(fields, context=known)
        except UnicodeEncodeError:  # in the name of a field
            refused = TextUnstorable()
        except ValidationError as error:
            refused = _refused(cls, error)
        else:
            return fact
        # Out here, where it does not hold the error that holds it: no collector sees that circle.
        raise refused

    def said(self) -> dict[str, Any]:
        """The fact as it is stored: each field that was said, as its one text."""
        said: dict[str, Any] = self.__pydantic_serializer__.to_python(
            self, mode="json", by_alias=True, exclude_none=True
        )
        return said

    def named(self, fields: Iterable[str]) -> dict[str, Any]:
        """Those of these fields that were said, by the contract's names."""
        # Not by getattr: pydantic answers for attributes that are not there at some length.
        said = self.__dict__
        found = {name: said.get(name, said.get(f"{name}_")) for name in fields}
        return {name: value for name, value in found.items() if value is not None}

    def unsettled(self) -> list[str]:
        """The attributes that hold a time which waits for a zone, or for the present."""
        said, found = self.__dict__, []
        for name in times_of(type(self)):
            time = said[name]
            if time is not None and not time.settled:
                found.append(name)
        return found

    def settle(self, zone: str, now: int | None) -> None:
        """Read every time in `zone`, relative ones from `now` (microseconds)."""
        for name in self.unsettled():
            try:
                self.complete({name: self.__dict__[name].settle(zone, now)})
            except VigilError as error:
                error.field = field_name(type(self), name)
                raise

    def complete(self, values: Mapping[str, Any]) -> None:
        """Fill in values that are known to be valid.

        A fact is frozen for everybody but the transaction that read it and has not given it away.
        """
        self.__dict__.update(values)

    @property
    def originator_id(self) -> str:
        """The stream, as `eventsourcing` calls it."""
        assert self.id is not None
        return self.id

    @property
    def originator_version(self) -> int:
        """The place in the stream, as `eventsourcing` calls it."""
        assert self.version is not None
        return self.version


#: Fields that no correction may set: they say which fact it is.
IDENTITY = frozenset({"fact", "id", "key", "received", "actor", *SET_BY_LEDGER})


def field_name(cls: type[Fact], attribute: str) -> str:
    """The contract's name of a field: `from` for the attribute `from_`."""
    return cls.model_fields[attribute].alias or attribute


@cache
def field_names(cls: type[Fact]) -> list[str]:
    """The contract's names of all fields of a class."""
    return [field_name(cls, attribute) for attribute in cls.model_fields]


def known_by(info: ValidationInfo) -> Known:
    """The `Known` with which a fact is read."""
    assert info.context is not None, "facts are read by Fact.read"
    known: Known = info.context
    return known


#: Where the values of a check are looked up: `place`, `site`, `country`, in a `list` or among the
#: `thing`s of a kind; the name of the list and the letters of the kind are the check's argument.
_LOOKED_UP: dict[object, str] = {}

Check = TypeVar("Check", bound=Callable[..., str])


def looks_up(where: str) -> Callable[[Check], Check]:
    """Mark a check of values by where they are looked up, for whoever offers a choice."""

    def marked(check: Check) -> Check:
        _LOOKED_UP[check] = where
        return check

    return marked


@looks_up("place")
def _place(text: str, info: ValidationInfo) -> str:
    return known_by(info).place(text)


@looks_up("site")
def _site(text: str, info: ValidationInfo) -> str:
    place = known_by(info).place(text)
    if not is_site(place):
        raise UnknownPlace(place=text, nearest="a site of this ledger")
    return place


@looks_up("country")
def _country(text: str) -> str:
    return country_code(text)


#: A site, a country or a fate; stored as slug, code or fate.
PlaceName = Annotated[Name, AfterValidator(_place)]
#: A site; stored as its slug.
SiteName = Annotated[Name, AfterValidator(_site)]
#: ISO 3166 alpha-3.
CountryCode = Annotated[str, AfterValidator(_country)]
#: A zone of the IANA database.
ZoneName = Annotated[str, AfterValidator(zone_known)]


def thing(kind: str) -> Any:
    """A type for the id of a thing of this kind that exists (`thing("INC")`)."""
    return AfterValidator(partial(_thing, kind))


@looks_up("thing")
def _thing(kind: str, text: str, info: ValidationInfo) -> str:
    if not text.startswith(f"{kind}-") or not known_by(info).exists(text):
        raise UnknownThing(id=text, nearest=nearest(text, known_by(info).ids(kind)))
    return text


def term(vocabulary: str) -> Any:
    """A type for a term of a list (`term("incident_kind")`)."""
    return AfterValidator(partial(_in_list, vocabulary))


@looks_up("list")
def _in_list(vocabulary: str, text: str) -> str:
    choices = terms(vocabulary)
    if text not in choices:
        raise NotInVocabulary(text=text[:60], vocabulary=vocabulary, choices=", ".join(choices))
    return text


def follow(fact: Entry, state: str, steps: Mapping[str, Mapping[str, str]]) -> str:
    """The state after `fact`, by a table `state -> fact -> state`; raises `StepNotAllowed`.

    Facts that no row of the table names leave the state as it is.
    """
    if not any(fact.name in row for row in steps.values()):
        return state
    possible = steps.get(state, {})
    if fact.name not in possible:
        raise StepNotAllowed(
            id=fact.id, state=state, fact=fact.name, possible=", ".join(possible) or "nothing"
        )
    return possible[fact.name]


def _refused(cls: type[Fact], error: ValidationError) -> VigilError:
    problems = [_problem(cls, dict(one)) for one in error.errors(include_url=False)]
    return problems[0] if len(problems) == 1 else Several(problems)


def _problem(cls: type[Fact], error: dict[str, Any]) -> VigilError:
    loc = [str(part) for part in error["loc"] if not isinstance(part, int)]
    field = "-".join(loc) or None
    command = cls.kind.name.replace(".", " ")
    cause = error.get("ctx", {}).get("error")
    if error["type"] == REFUSED and isinstance(error["input"], str):
        cause = refusal(error["input"], error["ctx"]["limit"])
    if isinstance(cause, VigilError):
        cause.field = cause.field or field
        return cause
    if error["type"] == "missing":
        return FieldMissing(name=field, command=command, field=field)
    if error["type"] == "extra_forbidden":
        return _unknown(cls, str(field))
    text = repr(error["input"])
    text = text if len(text) <= 60 else text[:57] + "..."
    why = str(cause) if cause else error["msg"].removeprefix("Value error, ")
    return FieldWrongType(text=text, why=why[:1].lower() + why[1:], command=command, field=field)


def vocabulary_of(cls: type[Fact], attribute: str) -> str | None:
    """The list from which a field's values come, if they come from one."""
    return _of_sort(cls, attribute, "list")


def letters_of(cls: type[Fact], attribute: str) -> str | None:
    """The letters of the ids that a field takes (`INC`), if it names a thing."""
    return _of_sort(cls, attribute, "thing")


def place_of(cls: type[Fact], attribute: str) -> str | None:
    """What kind of place a field names: `site`, `country`, or `place` for both and a fate."""
    where = looked_up(cls, attribute)
    return where if where in ("site", "country", "place") else None


def _of_sort(cls: type[Fact], attribute: str, sort: str) -> str | None:
    found, _, name = (looked_up(cls, attribute) or "").partition(":")
    return name if found == sort else None


def looked_up(cls: type[Fact], attribute: str) -> str | None:
    """Where a field's values are looked up (`place`, `list:sex`, `thing:INC`), if they are."""
    return _where(cls.model_fields[attribute].rebuild_annotation())


def _where(annotation: Any) -> str | None:
    for part in get_args(annotation):
        check = getattr(part, "func", None)
        if isinstance(check, partial) and check.func in _LOOKED_UP:
            return f"{_LOOKED_UP[check.func]}:{check.args[0]}"
        if check in _LOOKED_UP:
            return _LOOKED_UP[check]
        if (found := _where(part)) is not None:
            return found
    return None


@cache
def shape(cls: type[Fact], field: str) -> str:
    """How a field is written: `text`, `list` (repeats), `flag`, `parts` (joined), `changes`."""
    kind = _plain(_field(cls, field).annotation)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return "parts"
    return {tuple: "list", list: "list", dict: "changes", bool: "flag"}.get(kind, "text")


@cache
def times_of(cls: type[Fact]) -> tuple[str, ...]:
    """The attributes of a class that hold a time."""
    return tuple(name for name, info in cls.model_fields.items() if _plain(info.annotation) is When)


def is_time(cls: type[Fact], field: str) -> bool:
    """Whether a field holds a time."""
    return _plain(_field(cls, field).annotation) is When


@cache
def parts(cls: type[Fact], field: str) -> dict[str, FieldInfo]:
    """The parts of a field that has some, such as `source`; none for every other field."""
    kind = _plain(_field(cls, field).annotation)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind.model_fields
    return {}


def _field(cls: type[Fact], field: str) -> FieldInfo:
    for attribute, info in cls.model_fields.items():
        if field in (attribute, info.alias):
            return info
    raise _unknown(cls, field)


def _unknown(cls: type[Fact], field: str) -> FieldUnknown:
    fields = ", ".join(name for name in field_names(cls) if name not in SET_BY_LEDGER)
    return FieldUnknown(fact=cls.kind.name, name=field, fields=fields, field=field)


def _plain(annotation: Any) -> Any:
    """The type of an annotation, without what may be absent and what is checked."""
    kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
    if get_origin(annotation) in (Union, UnionType, Annotated):
        return _plain(kinds[0])
    return get_origin(annotation) or annotation
