"""The load generators, and what they report."""

import dataclasses
import json
import pathlib
import re
import select
import subprocess
import sys

from loadbench import place as places
from loadbench import processes
from loadbench.place import BENCH, ROOT, TARGET, Unusable

BOUNCY_CASTLE = ("bctls-jdk18on", "bcprov-jdk18on", "bcutil-jdk18on", "bcpkix-jdk18on")


@dataclasses.dataclass
class Outcome:
    """What one run of a load generator saw.

    `failed` counts requests without a complete answer of status 200 (for bodies: also short ones); `p99_ms` is None
    when it was not asked for.
    """

    requests: int
    failed: int
    per_second: float
    p99_ms: float | None = None
    problem: str | None = None
    timed_out: bool = False


def h2load(place, url, port, requests, options, seconds, body_bytes, latency=False):
    """Sends `requests` requests to 127.0.0.1:port with h2load's `options` and waits until they are done."""
    log = place.directory / "h2load.log"
    log.unlink(missing_ok=True)
    argv = [places.program("h2load"), "-n", str(requests), f"--connect-to=127.0.0.1:{port}", *options]
    if latency:
        argv.append(f"--log-file={log}")
    argv.append(url)
    try:
        done = processes.run_bounded(
            argv, max(1, seconds), place.load_cpus, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
    except subprocess.TimeoutExpired:
        return Outcome(requests, requests, 0, problem=f"h2load was not done after {seconds:.0f} s", timed_out=True)
    outcome = read_h2load(done.stdout, requests, body_bytes)
    if latency and log.exists():
        outcome.p99_ms = p99_of(log)
        log.unlink()
    return outcome


def read_h2load(text, requests, body_bytes):
    speed = re.search(r"finished in .*?, ([0-9.]+) req/s", text)
    statuses = re.search(r"status codes: (\d+) 2xx", text)
    traffic = re.search(r"\((\d+)\) data", text)
    if not (speed and statuses and traffic):
        return Outcome(requests, requests, 0, problem=f"h2load said: {text.strip()[-500:]}")
    good = int(statuses[1])
    failed = max(0, requests - good)
    problem = None
    missing = requests * body_bytes - int(traffic[1])
    if failed or missing:
        problem = "; ".join(line for line in text.splitlines() if line.startswith(("requests:", "status", "traffic")))
        failed = failed or max(1, abs(missing) // max(1, body_bytes))
    return Outcome(requests, failed, float(speed[1]), problem=problem)


def p99_of(log):
    """Milliseconds. A line of h2load's log: start in us, status, duration in us."""
    micros = sorted(int(line.split(b"\t")[2]) for line in log.read_bytes().splitlines())
    return micros[min(len(micros) - 1, len(micros) * 99 // 100)] / 1000 if micros else None


class HybridClient:
    """New connections with a key exchange that Debian's OpenSSL lacks: `HybridClient.java` over BouncyCastle."""

    def __init__(self, place):
        self.place = place
        jdk = jdk_home()
        self.argv = [
            f"{jdk}/bin/java",
            "-XX:+UseSerialGC",
            "-Xmx512m",
            "-cp",
            ":".join(str(jar) for jar in bouncy_castle()),
            str(BENCH / "dev" / "gatehouse" / "bench" / "HybridClient.java"),
        ]

    def run(self, port, requests, seconds, connections=16):
        argv = [*self.argv, str(port), str(requests), str(connections)]
        try:
            done = processes.run_bounded(
                argv, max(1, seconds), self.place.load_cpus, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            said = json.loads(done.stdout)
        except subprocess.TimeoutExpired:
            problem = f"the client was not done after {seconds:.0f} s"
            return Outcome(requests, requests, 0, problem=problem, timed_out=True)
        except ValueError:
            return Outcome(requests, requests, 0, problem=(done.stderr or done.stdout).strip()[-500:])
        return Outcome(requests, said["failed"], said["perSecond"], said["p99Ms"], said["problem"])


class NotDone(Exception):
    """The idle client did not do what it was told."""


class IdleClient:
    """A process that opens TLS connections, asks once on each, and then holds them in silence."""

    def __init__(self, place, port, log):
        argv = [sys.executable, str(BENCH / "loadbench" / "idle_client.py"), str(port)]
        self.log = open(log, "ab")
        self.process = subprocess.Popen(
            processes.pinned(argv, place.load_cpus),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            start_new_session=True,
        )

    def tell(self, order, seconds):
        """Sends one order, such as `open 5000`; returns the number of connections that failed."""
        self.process.stdin.write(order + "\n")
        self.process.stdin.flush()
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        answer = self.process.stdout.readline() if ready else None
        if not answer:
            raise NotDone(f"the idle client {'ended' if ready else f'was not done after {seconds:.0f} s'}: {order}")
        return int(answer)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()  # reads what is left and closes the pipes
        self.log.close()


def jdk_home():
    done = processes.run_bounded(["sh", str(ROOT / ".mvn" / "jdk25")], 20, stdout=subprocess.PIPE)
    if done.returncode:
        raise Unusable("no JDK 25 found")
    return done.stdout.strip()


def bouncy_castle():
    """The jars of the version in the pom, copied once."""
    version = re.search(r"<bouncycastle.version>(.*?)</bouncycastle.version>", (ROOT / "pom.xml").read_text())
    if not version:
        raise Unusable("pom.xml names no bouncycastle.version")
    return [maven_jar(f"org.bouncycastle:{name}:{version[1]}") for name in BOUNCY_CASTLE]


def maven_jar(coordinates):
    """Copies one artifact to target/bench, from the local repository where it is there."""
    _, name, version = coordinates.split(":")
    jar = pathlib.Path(TARGET / "jars" / f"{name}-{version}.jar")
    if jar.exists():
        return jar
    for mode in (["-o"], []):
        done = processes.run_bounded(
            ["mvn", "-q", "-B", "-N", *mode, "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy"]
            + [f"-Dartifact={coordinates}", f"-DoutputDirectory={jar.parent}"],
            180,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if jar.exists():
            return jar
    raise Unusable(f"{coordinates} did not resolve: {done.stdout.strip()[-500:]}")
