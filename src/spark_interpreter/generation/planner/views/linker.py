"""Linking over several tables: words name columns of the table that the words nearby speak of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from spark_interpreter.generation.planner.house import HouseMetric, house_of
from spark_interpreter.generation.planner.language.lexicon import find_verbs
from spark_interpreter.generation.planner.language.similarity import NameIndex, full_words
from spark_interpreter.generation.planner.language.tokens import Token
from spark_interpreter.generation.planner.language.words import singular, stem
from spark_interpreter.generation.planner.linking import (
    Link,
    MetricIndex,
    TableLinker,
    linker_for,
)
from spark_interpreter.generation.planner.linking_values import ValueIndex
from spark_interpreter.generation.planner.parsing.items import Linked, LinkedValue
from spark_interpreter.generation.planner.plan import Column
from spark_interpreter.generation.planner.plan_tools import transform
from spark_interpreter.generation.planner.recent import Recent
from spark_interpreter.generation.planner.views.view import Leg, View
from spark_interpreter.model import ColumnProfile, Model

_MENTIONED = 0.8
_SAID, _EXACT = 0.9, 0.95
_ATTACHED, _UNSAID, _FAR = 0.12, 0.07, 0.02
_ENTITY = 0.97
_OF = frozenset(("of", "for", "from", "in", "at"))
_DETERMINERS = frozenset(
    ("the", "a", "an", "all", "each", "every", "any", "different", "distinct", "these", "those",
     "their", "its", "our", "his", "her")
)  # fmt: skip
_TRADES = frozenset(("order", "sale", "purchase", "transaction", "checkout"))
"""Tables of such rows record what was bought or sold, whatever their own word for it."""
_TRADING = frozenset(map(stem, ("buy", "purchase", "order", "sell")))
_DOING = frozenset(("who", "that", "which", "they", "to", "did", "does", "do", "not", "never"))


@dataclass(frozen=True, slots=True)
class Mention:
    """Tokens `first` up to (not with) `stop` name a table of the view."""

    first: int
    stop: int
    alias: str
    score: float
    last: str = ""


class ViewLinker(TableLinker):
    """Links words against the columns and values of every table of a view."""

    joins = True

    def __init__(self, view: View) -> None:
        self.view = view
        self.profile = view.profile
        self.own = view.root.columns
        self.references = frozenset(name for keys in view.keys.values() for name in keys)
        self._root = linker_for(view.root)
        self.table_words = self._root.table_words
        self.values: ScopedValues = ScopedValues(view)
        self._columns = {column.name: column for column in view.profile.columns}
        self._words = {name: full_words(column) for name, (_, column) in view.origin.items()}
        called = [(leg.alias, leg.alias) for leg in view.legs]
        called += [(leg.alias, word) for leg in view.legs for word in house_of(leg.profile).words]
        self._aliases = [alias for alias, _ in called]
        self._last = [_last_word(name) for _, name in called]
        self._names = NameIndex([name for _, name in called])
        self._metrics = MetricIndex([m for leg in view.legs for m in _metrics_of(leg, view)])
        self._named: dict[str, tuple[Linked, ...]] = {}
        self._stems = {
            stem(singular(word))
            for leg in view.legs
            for name in (leg.profile.name, *house_of(leg.profile).words)
            for word in full_words(name)
        }
        self._depths = {leg.alias: leg.depth for leg in view.legs}

    def distance(self, column: ColumnProfile) -> int:
        """How many references lie between the root and the column's table."""
        return (
            self._depths[self.view.origin[column.name][0]] if column.name in self.view.origin else 0
        )

    def relates(self, token: Token) -> bool:
        """Whether the word, as a verb, is what one of the tables is about ("enrolled")."""
        return stem(token.lower) in self._stems

    def owner(self, column: ColumnProfile) -> str | None:
        """The table a wide column belongs to, or stands for."""
        for alias, name in self.view.display.items():
            if name == column.name:
                return alias
        found = self.view.origin.get(column.name)
        return found[0] if found else None

    def names_rows(self, tokens: Sequence[Token]) -> bool:
        """Whether the question speaks of the root's rows by their name."""
        root = self.view.root.name
        named = [
            m
            for m in self.mentions(tokens)
            if m.score > _SAID
            and singular(tokens[m.stop - 1].lower) == m.last
            and (_opens(m, tokens) or tokens[m.first - 1].lower not in _DOING)
        ]
        return bool(named) and min(named, key=lambda m: (m.first, -m.stop)).alias == root

    def speaks_of_root(self, tokens: Sequence[Token]) -> bool:
        """Whether the words name the root's rows or what they record ("ordered" of orders)."""
        rows = {singular(word) for word in self._root.table_words}
        stems = {stem(word) for word in rows}
        said = {stem(token.lower) for token in tokens}
        return bool(said & stems or (rows & _TRADES and said & _TRADING))

    def entity(self, linked: Linked) -> bool:
        """Whether a column stands for the rows of its table rather than for itself."""
        return linked.score == _ENTITY and linked.column.name in self.view.display.values()

    def stands_for_rows(self, column: ColumnProfile) -> bool:
        return column.name in self.view.display.values()

    def key_of(self, column: ColumnProfile) -> ColumnProfile | None:
        for alias, name in self.view.display.items():
            if name == column.name and len(self.view.keys[alias]) == 1:
                return self._columns[self.view.keys[alias][0]]
        return super().key_of(column)

    # --- tables ---------------------------------------------------------------------------------

    def mentions(self, tokens: Sequence[Token]) -> list[Mention]:
        """Where the question names the tables; a role goes before a part of its name."""
        found = [
            Mention(
                m.first,
                m.stop,
                self._aliases[m.match.index],
                m.match.score,
                self._last[m.match.index],
            )
            for m in self._names.scan(tokens, longest=4, least=0.62)
        ]
        deeds = {at for verb in find_verbs(tokens) for at in range(verb.first, verb.stop)}
        found = [m for m in found if m.stop - 1 not in deeds or _is_noun(m, tokens)]
        best = {(m.first, m.stop): 0.0 for m in found}
        for mention in found:
            at = (mention.first, mention.stop)
            best[at] = max(best[at], mention.score)
        return [m for m in found if m.score >= best[m.first, m.stop] - 0.03]

    def table(self, tokens: Sequence[Token]) -> list[tuple[int, int, float]]:
        root = self.view.root.name
        return [(m.first, m.stop, m.score) for m in self.mentions(tokens) if m.alias == root] or [
            found
            for found in self._root.table(tokens)
            if not any(m.first < found[1] and found[0] < m.stop for m in self.mentions(tokens))
        ]

    # --- columns --------------------------------------------------------------------------------

    def columns(self, tokens: Sequence[Token]) -> list[Link]:
        mentions = self.mentions(tokens)
        said = {m.alias for m in mentions if m.score >= _MENTIONED}
        self.values.speak_of([m for m in mentions if m.score >= _MENTIONED])
        spans: defaultdict[tuple[int, int], list[Linked]] = defaultdict(list)
        for leg in self.view.legs:
            linker = self._root if leg.depth == 0 else linker_for(leg.profile)
            for link in linker.columns(tokens):
                for option in link.options:
                    wide = self._wide(leg.alias, option.column)
                    if wide is None:
                        continue
                    first, stop = link.first, link.stop
                    attached = _attached(tokens, first, stop, leg.alias, mentions)
                    score = option.score + self._bonus(leg.alias, attached, said, first, mentions)
                    before = _compound(tokens, first, leg.alias, mentions)
                    if before is not None:
                        spans[before, stop].append(Linked(wide, min(1.0, option.score + 0.05)))
                    spans[first, stop].append(Linked(wide, max(0.0, score)))
        for mention in mentions:
            if mention.score >= _EXACT:
                at = (mention.first, mention.stop)
                spans[at] = [option for option in spans[at] if option.score >= _SAID]
        self._add_entities(mentions, spans)
        return [
            Link(first, stop, _best(options)) for (first, stop), options in spans.items() if options
        ]

    def _bonus(
        self, alias: str, attached: str | None, said: set[str], first: int,
        mentions: Sequence[Mention],
    ) -> float:  # fmt: skip
        """What the words nearby add to a table's columns, or take away."""
        if attached is not None:
            return 0.0 if attached == alias else -_ATTACHED
        if alias not in said and alias != self.view.root.name:
            return -_UNSAID if said - {self.view.root.name} else -_FAR
        before = [m for m in mentions if m.stop <= first and m.score >= _MENTIONED]
        nearest = max(before, key=lambda m: m.stop).alias if before else None
        return 0.01 if nearest == alias else 0.0

    def _add_entities(
        self, mentions: Sequence[Mention], spans: dict[tuple[int, int], list[Linked]]
    ) -> None:
        """A table's name stands for its rows: by what names them, not by the bare key."""
        for mention in mentions:
            if mention.alias not in self.view.display or mention.score < 0.7:
                continue
            column = self._columns[self.view.display[mention.alias]]
            keys = {*self.view.keys[mention.alias], column.name}
            kept = [o for o in spans[mention.first, mention.stop] if o.column.name not in keys]
            score = _ENTITY if mention.score >= _MENTIONED else mention.score
            weaker = [Linked(o.column, min(o.score, score - 0.04)) for o in kept]
            spans[mention.first, mention.stop] = [Linked(column, score), *weaker]

    def named(
        self, phrase: str, *, fits: Callable[[ColumnProfile], bool] | None = None
    ) -> tuple[Linked, ...]:
        if phrase not in self._named:
            found: dict[str, Linked] = {}
            for leg in self.view.legs:
                linker = self._root if leg.depth == 0 else linker_for(leg.profile)
                for linked in linker.named(phrase):
                    wide = self._wide(leg.alias, linked.column)
                    if wide is not None and wide.name not in found:
                        found[wide.name] = Linked(wide, linked.score - 0.01 * leg.depth)
            self._named[phrase] = tuple(sorted(found.values(), key=lambda o: -o.score))
        links = self._named[phrase]
        return links if fits is None else tuple(link for link in links if fits(link.column))

    def _wide(self, alias: str, column: ColumnProfile) -> ColumnProfile | None:
        name = self.view.wide(alias, column.name)
        return self._columns.get(name) if name else None


class ScopedValues(ValueIndex):
    """Values of all tables; where several hold one, the table that was spoken of goes first."""

    def __init__(self, view: View) -> None:
        super().__init__(view.profile)
        self._view = view
        self._mentions: list[Mention] = []

    def speak_of(self, mentions: list[Mention]) -> None:
        """Which tables the question at hand names, and where."""
        self._mentions = mentions

    def spans(
        self, question: str, tokens: Sequence[Token]
    ) -> list[tuple[int, int, tuple[LinkedValue, ...]]]:
        return [
            (first, stop, self._of_nearest(first, stop, options))
            for first, stop, options in super().spans(question, tokens)
        ]

    def _of_nearest(
        self, first: int, stop: int, options: tuple[LinkedValue, ...]
    ) -> tuple[LinkedValue, ...]:
        owners = {o.column.name: self._view.origin[o.column.name][0] for o in options}
        if len(set(owners.values())) < 2:
            return options
        near = [m.alias for m in self._mentions if m.first in (stop, stop + 1)]
        near += [m.alias for m in sorted(self._mentions, key=lambda m: -m.stop) if m.stop <= first]
        for alias in (*near, self._view.root.name):
            own = tuple(o for o in options if owners[o.column.name] == alias)
            if own:
                return own
        return options


def _last_word(name: str) -> str:
    return singular((full_words(name) or (name,))[-1])


def _metrics_of(leg: Leg, view: View) -> Iterator[HouseMetric]:
    """The metrics of a leg's table over the columns of the view.

    One that counts rows counts those of its own table, which is only right at the root.
    """

    def widened(node: Model) -> Model:
        if isinstance(node, Column) and (name := view.wide(leg.alias, node.name)):
            return Column(name=name)
        return node

    for metric in house_of(leg.profile).metrics:
        if leg.depth == 0 or not metric.counts_rows:
            yield replace(metric, value=transform(metric.value, widened))


def _is_noun(mention: Mention, tokens: Sequence[Token]) -> bool:
    """Whether a word that may be a verb is the table's own name ("orders", but not "bought")."""
    word = tokens[mention.stop - 1].lower
    before = tokens[mention.first - 1].lower if mention.first else ""
    return singular(word) == mention.last and before not in _DOING


def _opens(mention: Mention, tokens: Sequence[Token]) -> bool:
    """Whether the question begins with the table ("orders of", "which orders")."""
    return mention.first == 0 or (mention.first == 1 and tokens[0].lower == "which")


def _best(options: Sequence[Linked]) -> tuple[Linked, ...]:
    """Each column once, by its best score."""
    best: dict[str, Linked] = {}
    for option in options:
        known = best.get(option.column.name)
        if known is None or known.score < option.score:
            best[option.column.name] = option
    ordered = sorted(best.values(), key=lambda option: -option.score)
    return tuple(Linked(o.column, min(1.0, o.score)) for o in ordered)


def _attached(
    tokens: Sequence[Token], first: int, stop: int, alias: str, mentions: Sequence[Mention]
) -> str | None:
    """The table that the words right before or after say the column belongs to."""
    ends = defaultdict(list)
    for m in mentions:
        if m.score >= _MENTIONED:
            ends[m.stop].append(m.alias)
    at = first - 1 if first and tokens[first - 1].text in {"'s", "’s", "'", "’"} else first
    if ends.get(at):
        return alias if alias in ends[at] else ends[at][0]
    at = stop
    if at < len(tokens) and tokens[at].lower in _OF:
        at += 1
        while at < len(tokens) and tokens[at].lower in _DETERMINERS:
            at += 1
        names = [m.alias for m in mentions if m.first == at and m.score >= _MENTIONED]
        if names:
            return alias if alias in names else names[0]
    return None


def _compound(
    tokens: Sequence[Token], first: int, alias: str, mentions: Sequence[Mention]
) -> int | None:
    """Where "customer" begins in "customer name"."""
    at = first - 1 if first and tokens[first - 1].text in {"'s", "’s", "'", "’"} else first
    own = [m.first for m in mentions if m.alias == alias and m.stop == at and m.score >= _MENTIONED]
    return min(own, default=None)


_LINKERS: Recent[ViewLinker] = Recent(24)


def view_linker(view: View) -> ViewLinker:
    """The linker of a view; the last few are kept."""
    return _LINKERS.of(view, make=lambda: ViewLinker(view))
