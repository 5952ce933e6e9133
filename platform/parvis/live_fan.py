"""Who watches what: passes a tick on to the open streams of its topic; knows no network.

Nothing is queued: a stream that has not yet sent a tick sends one for all that came meanwhile. So
what a slow reader costs does not grow, and a tick is the same as any other.
"""

import asyncio
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field


MOST = 4000
MOST_EACH = 200  # a town hall shares one address
REMEMBERED = 10_000
REMEMBERED_S = 900.0
SLACK_S = 0.05  # clocks differ a little
Topic = tuple[str, str]


class Full(Exception):
    """No more streams: the page polls."""


@dataclass(eq=False, slots=True)
class Stream:
    """One open page."""

    topics: tuple[Topic, ...]
    source: str
    told: asyncio.Event = field(default_factory=asyncio.Event)
    is_over: bool = False

    def end(self) -> None:
        """Let whoever sends finish."""
        self.is_over = True
        self.told.set()


class Fan:
    """The open streams by topic, and when each topic last changed."""

    def __init__(self, *, most: int = MOST, most_each: int = MOST_EACH) -> None:
        self._most, self._most_each = most, most_each
        self._by_topic: defaultdict[Topic, set[Stream]] = defaultdict(set)
        self._by_source: Counter[str] = Counter()
        self._changed: OrderedDict[Topic, float] = OrderedDict()
        self._known_from = 0.0
        self.heard = asyncio.Event()

    @property
    def is_listening(self) -> bool:
        """Whether ticks come in."""
        return self.heard.is_set()

    def __len__(self) -> int:
        return self._by_source.total()

    def open(self, schema: str, topics: Iterable[str], *, since: float, source: str) -> Stream:
        """Add a page made at ``since``; it is told at once of what may have changed after.

        Raises:
            Full: there are too many, or too many from there, or nothing is heard.
        """
        if not self.is_listening or len(self) >= self._most:
            raise Full
        if self._by_source[source] >= self._most_each:
            raise Full
        stream = Stream(tuple((schema, topic) for topic in topics), source)
        self._by_source[source] += 1
        for topic in stream.topics:
            self._by_topic[topic].add(stream)
        if any(since - SLACK_S <= self._last(topic) for topic in stream.topics):
            stream.told.set()
        return stream

    def close(self, stream: Stream) -> None:
        """Forget a page."""
        self._by_source[stream.source] -= 1
        if not self._by_source[stream.source]:
            del self._by_source[stream.source]
        for topic in stream.topics:
            self._by_topic[topic].discard(stream)
            if not self._by_topic[topic]:
                del self._by_topic[topic]

    def tick(self, schema: str, topic: str, *, at: float) -> None:
        """Tell the pages that show a topic, and remember it for those on their way."""
        if not self.is_listening:
            return
        key = (schema, topic)
        self._changed[key] = at
        self._changed.move_to_end(key)
        while self._changed and self._is_old(at):
            _oldest, self._known_from = self._changed.popitem(last=False)
        for stream in self._by_topic.get(key, ()):
            stream.told.set()

    def hear(self, *, at: float) -> None:
        """Begin to hear, for the first time or again: what came before is not known."""
        self._known_from = at
        self._changed.clear()
        self.heard.set()
        for stream in self._streams():
            stream.told.set()

    def end(self) -> None:
        """Hear nothing any more: every page polls."""
        self.heard.clear()
        for stream in self._streams():
            stream.end()

    def _streams(self) -> set[Stream]:
        return set().union(*self._by_topic.values())

    def _last(self, topic: Topic) -> float:
        """Tell when a topic may last have changed."""
        return max(self._known_from, self._changed.get(topic, 0.0))

    def _is_old(self, now: float) -> bool:
        oldest = next(iter(self._changed.values()))
        return len(self._changed) > REMEMBERED or oldest < now - REMEMBERED_S
