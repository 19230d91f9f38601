"""The rows of the table: what is sent, how often, and how Java is warmed up for it."""

import dataclasses

from loadbench import load
from loadbench.place import MIB, Unusable
from loadbench.proxies import ANSWER


@dataclasses.dataclass(frozen=True)
class Row:
    """One kind of work.

    `requests` are measured in each round; `warm_java` are sent to a JVM before its first round, `warm` to any other
    proxy. `units` is how many units of work one request is, in `unit`. `weight` is the share of the run's time, in
    seconds that the row takes on a calm machine. `goal` is the ratio to nginx of design section 7, or KiB for memory.
    """

    name: str
    title: str
    requests: int
    warm_java: int
    warm: int
    weight: int
    goal: float
    unit: str = "request"
    units: int = 1
    secure: bool = True
    path: str = "/"
    body_bytes: int = len(ANSWER)
    options: tuple = ()
    client: str = "h2load"

    @property
    def connections(self):
        """The fewest requests that make sense."""
        return int(self.options[self.options.index("-c") + 1]) if "-c" in self.options else 2

    def run(self, place, proxy, requests, seconds, latency=False):
        """One load of `requests` requests; an Outcome."""
        if self.client == "hybrid":
            return load.HybridClient(place).run(proxy.tls, requests, seconds)
        port = proxy.tls if self.secure else proxy.plain
        if self.client == "fresh":
            port = proxy.fresh_connections_port()
        scheme = "https" if self.secure and self.client == "h2load" else "http"
        url = f"{scheme}://localhost:{port}{self.path}"
        return load.h2load(place, url, port, requests, self.options, seconds, self.body_bytes, latency)

    def quick(self):
        """A smaller self, to see that all works; its figures are not for publishing."""
        return dataclasses.replace(
            self,
            requests=max(self.connections, self.requests // 5),
            warm_java=max(self.connections, self.warm_java // 5),
            warm=max(self.connections, self.warm // 5),
        )


def small(name, title, weight, goal, options, secure=True):
    return Row(name, title, 100_000, 300_000, 20_000, weight, goal, options=options, secure=secure)


KEEP_ALIVE = ("--h1", "-c", "50", "-t", "1")

ROWS = [
    small("plain-h1", "plain h1", 50, 1.4, KEEP_ALIVE, secure=False),
    small("tls-h1", "TLS h1", 55, 1.5, KEEP_ALIVE),
    small("tls-h2", "TLS h2", 65, 1.5, ("--npn-list=h2", "-c", "50", "-m", "1", "-t", "1")),
    small("tls-h2x32", "TLS h2 x 32", 50, 1.5, ("--npn-list=h2", "-c", "10", "-m", "32", "-t", "1")),
    Row(
        "new-x25519",
        "new, X25519",
        6_000,
        20_000,
        1_000,
        weight=90,
        goal=2.0,
        unit="connection",
        options=KEEP_ALIVE,
        client="fresh",
    ),
    Row(
        "new-mlkem",
        "new, X25519MLKEM768",
        3_000,
        12_000,
        300,
        weight=90,
        goal=2.0,
        unit="connection",
        client="hybrid",
    ),
    Row(
        "body-1m",
        "1 MiB, TLS h1",
        600,
        1_500,
        100,
        weight=50,
        goal=1.5,
        unit="MiB",
        path="/1m",
        body_bytes=MIB,
        options=("--h1", "-c", "10", "-t", "1"),
    ),
    Row(
        "body-100m",
        "100 MiB, TLS h1",
        8,
        8,
        4,
        weight=60,
        goal=1.5,
        unit="MiB",
        units=100,
        path="/100m",
        body_bytes=100 * MIB,
        options=("--h1", "-c", "4", "-t", "1"),
    ),
    Row(
        "body-1m-h2",
        "1 MiB, TLS h2",
        600,
        1_500,
        100,
        weight=50,
        goal=1.5,
        unit="MiB",
        path="/1m",
        body_bytes=MIB,
        options=("--npn-list=h2", "-c", "10", "-t", "1"),
    ),
    Row(
        "body-100m-h2",
        "100 MiB, TLS h2",
        8,
        8,
        4,
        weight=60,
        goal=1.5,
        unit="MiB",
        units=100,
        path="/100m",
        body_bytes=100 * MIB,
        options=("--npn-list=h2", "-c", "4", "-t", "1"),
    ),
    Row("idle", "idle TLS", 5_000, 2_000, 2_000, weight=130, goal=24, unit="KiB each", client="idle"),
]

UNLESS_ASKED = ("body-1m-h2", "body-100m-h2")


def choose(names):
    """The rows of a comma-separated list, in the table's order; without a list, the usual ones."""
    if not names:
        return [row for row in ROWS if row.name not in UNLESS_ASKED]
    wanted = set(names.split(","))
    unknown = wanted - {row.name for row in ROWS}
    if unknown and wanted != {"all"}:
        raise Unusable(f"no row {', '.join(sorted(unknown))}; there are: {', '.join(row.name for row in ROWS)}")
    return [row for row in ROWS if row.name in wanted or wanted == {"all"}]
