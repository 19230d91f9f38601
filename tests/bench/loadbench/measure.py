"""Rounds in which all proxies take turns, within the run's time."""

import statistics
import subprocess
import time

from loadbench import load, processes
from loadbench.place import Unusable
from loadbench.proxies import Proxy

WARM_UP_STEP = 50_000  # requests between two readings of the CPU during the warm-up
WARM_UP_SHARE = 0.6  # of the row's time, at most
SETTLING_SECONDS = 10


class Bench:
    """One comparison. `results[row name][proxy name]` is a dict as it stands in the JSON file."""

    def __init__(self, place, descriptions, rows, rounds, clock, say):
        self.place = place
        self.descriptions = descriptions
        self.rows = rows
        self.rounds = rounds
        self.clock = clock
        self.say = say
        self.proxies = []
        self.results = {}
        self.notes = []
        self.failed = 0
        self.unstarted = set()

    def run(self):
        waiting = list(self.rows)
        steady = [row for row in self.rows if row.client != "idle"]
        if steady:
            self.proxies = [proxy for proxy in map(self.start, self.descriptions) if proxy]
        while waiting:
            row = waiting[0]
            share = self.clock.left() * row.weight / sum(each.weight for each in waiting)
            self.results[row.name] = {}
            if self.clock.left() < min(15, row.weight / 4):
                self.note(f"{row.name}: not measured, the time is up")
            elif row.client == "idle":
                self.stop_proxies()
                self.take_turns(row, share, self.descriptions, self.idle_round)
            else:
                self.measure(row, share)
            waiting.pop(0)
        self.stop_proxies()
        return self.results

    def start(self, description):
        try:
            return Proxy(description, self.place)
        except Unusable as error:
            self.say(f"{error}")
            self.unstarted.add(description.name)
            self.note(f"{description.name} did not start: {str(error).splitlines()[0]}")
            return None

    def stop_proxies(self):
        for proxy in self.proxies:
            proxy.stop()
        self.proxies = []

    def measure(self, row, share):
        able = []
        for proxy in self.proxies:
            trial = row.run(self.place, proxy, row.connections, self.seconds(60))
            if not trial.failed:
                able.append(proxy)
                continue
            self.of(row, proxy.name)["unavailable"] = trial.problem
            if row.client != "hybrid":  # the one row that a proxy may lack
                self.fail(trial.failed, f"{row.name}: {proxy.name} cannot do this row: {trial.problem}")
        end = time.monotonic() + share
        cold = sorted(able, key=lambda proxy: proxy.is_java)  # who needs little leaves the time to the others
        for done, proxy in enumerate(cold):
            now = time.monotonic()
            self.warm_up(row, proxy, now + (end - share * (1 - WARM_UP_SHARE) - now) / (len(cold) - done))
        self.take_turns(row, end - time.monotonic(), able, self.steady_round)

    def warm_up(self, row, proxy, end):
        """Java compiles while it runs: what the first requests cost is kept apart."""
        left = row.warm_java if proxy.is_java else row.warm
        steps = []
        while left > 0 and time.monotonic() < end:
            requests = min(left, WARM_UP_STEP)
            before = proxy.child.cpu_seconds()
            outcome = row.run(self.place, proxy, requests, self.seconds(120))
            cpu = proxy.child.cpu_seconds() - before
            if self.cut_off(row, proxy.name, outcome):
                break
            steps.append({"requests": requests, "cpu_us": cpu * 1e6 / requests / row.units})
            self.count_failures(row, proxy.name, outcome)
            left -= requests
        if left > 0:
            self.note(f"{row.name}: {proxy.name} was warmed up with {left} requests too few, the time is up")
        self.of(row, proxy.name)["warm_up"] = steps
        self.say(f"  {row.name:13} {proxy.name:12} warm-up " + ", ".join(f"{step['cpu_us']:.1f} us" for step in steps))

    def take_turns(self, row, seconds, whom, one_round):
        """At least one round; another only if it fits into the row's share of the time."""
        begin = time.monotonic()
        done = 0
        while done < self.rounds:
            spent = time.monotonic() - begin
            if done and spent * (done + 1) / done > seconds:
                self.note(f"{row.name}: {done} of {self.rounds} rounds, the time of the row is up")
                break
            for each in whom:
                if self.clock.left() < 5:
                    self.note(f"{row.name}: {each.name} lacks round {done + 1}, the time is up")
                    continue
                one_round(row, each)
            done += 1

    def steady_round(self, row, proxy):
        proxy.child.forget_peak()
        before = proxy.child.cpu_seconds()
        outcome = row.run(self.place, proxy, row.requests, self.seconds(180), latency=True)
        cpu = proxy.child.cpu_seconds() - before
        work = row.requests * row.units
        if self.cut_off(row, proxy.name, outcome):
            return
        figures = {
            "cost": None if outcome.timed_out else cpu * 1e6 / work,
            "per_second": outcome.per_second * row.units,
            "p99_ms": outcome.p99_ms,
            "resident_mib": proxy.child.resident_kib() / 1024,
            "peak_mib": proxy.child.peak_kib() / 1024,
            "requests": row.requests,
            "failed": outcome.failed,
        }
        self.keep(row, proxy.name, figures, outcome)
        self.say(
            f"  {row.name:13} {proxy.name:12} {shown(figures['cost'])} us/{row.unit}"
            f" {figures['per_second']:10.0f}/s, failed {outcome.failed}"
        )

    def idle_round(self, row, description):
        """A new process; resident memory before and after the connections were opened, each asked once and settled."""
        proxy = self.start(description)
        if proxy is None:
            return
        try:
            with load.IdleClient(self.place, proxy.tls, self.place.directory / "idle.log") as client:
                warmed = client.tell(f"warm {row.warm_java if proxy.is_java else row.warm}", self.seconds(120))
                before = self.settled_kib(proxy)
                opened = client.tell(f"open {row.requests}", self.seconds(180))
                after = self.settled_kib(proxy)
                lost = client.tell("check", self.seconds(60))
        except load.NotDone as error:
            outcome = load.Outcome(row.requests, row.requests, 0, problem=str(error), timed_out=True)
            if not self.cut_off(row, description.name, outcome):
                self.count_failures(row, description.name, outcome)
            return
        finally:
            proxy.stop()
        failed = warmed + opened + lost
        figures = {
            "cost": None if failed else (after - before) / row.requests,
            "resident_mib": after / 1024,
            "requests": row.requests,
            "failed": failed,
        }
        problem = f"{warmed} in the warm-up, {opened} not opened, {lost} not alive at the end" if failed else None
        self.keep(row, description.name, figures, load.Outcome(row.requests, failed, 0, problem=problem))
        self.say(f"  {row.name:13} {description.name:12} {shown(figures['cost'])} KiB each, failed {failed}")

    def settled_kib(self, proxy):
        """Resident memory once it changes by less than 0.5 % in a second; a JVM collects its garbage first."""
        for _ in range(2):
            collect_garbage(proxy)
        end = time.monotonic() + SETTLING_SECONDS
        last, now = 0, proxy.child.resident_kib()
        while abs(now - last) > now * 0.005 and time.monotonic() < end:
            time.sleep(1)
            last, now = now, proxy.child.resident_kib()
        return now

    def cut_off(self, row, name, outcome):
        """Whether a load ended early because the run's time is up: that is no failure of the proxy."""
        cut = outcome.timed_out and self.clock.left() < 2
        if cut:
            self.note(f"{row.name}: {name} was cut off, the time is up")
        return cut

    def keep(self, row, name, figures, outcome):
        self.of(row, name).setdefault("rounds", []).append(figures)
        self.count_failures(row, name, outcome)

    def count_failures(self, row, name, outcome):
        if outcome.failed:
            self.of(row, name)["failed"] = self.of(row, name).get("failed", 0) + outcome.failed
            self.fail(outcome.failed, f"{row.name}: {name}: {outcome.failed} failed: {outcome.problem}")

    def of(self, row, name):
        return self.results[row.name].setdefault(name, {})

    def fail(self, count, text):
        self.failed += count
        self.note(text)

    def note(self, text):
        self.notes.append(text)
        self.say(f"  ! {text}")

    def seconds(self, most):
        return max(5.0, min(most, self.clock.left()))


def collect_garbage(proxy):
    """`jcmd PID GC.run` for a JVM, with the jcmd beside its java, or the project's JDK."""
    if not proxy.is_java:
        return
    try:
        argv = [f"{load.jdk_home()}/bin/jcmd", str(proxy.java_pid), "GC.run"]
        processes.run_bounded(argv, 30, stdout=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        pass


def shown(cost):
    """A cost, or a dash where failures made it meaningless."""
    return f"{'-' if cost is None else format(cost, '.1f'):>9}"


def medians(rounds):
    """The median of each figure over the rounds; None where it was never measured."""
    keys = {key for figures in rounds for key in figures}
    values = {key: [figures[key] for figures in rounds if figures.get(key) is not None] for key in keys}
    return {key: statistics.median(found) if found else None for key, found in values.items()}

