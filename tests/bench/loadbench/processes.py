"""Processes that this run started: pinned, measured with all their descendants, and stopped by pid."""

import os
import signal
import subprocess
import time

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class Child:
    """One started process, in a session of its own. Its output goes to a file."""

    def __init__(self, argv, cpus, directory, log):
        self.log = log
        with open(log, "ab") as out:
            self.process = subprocess.Popen(
                pinned(argv, cpus),
                cwd=directory,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.pid = self.process.pid

    def alive(self):
        return self.process.poll() is None

    def tree(self):
        return descendants(self.pid)

    def cpu_seconds(self):
        """CPU time of the whole tree, of children that ended and were waited for too; granularity: one clock tick."""
        return sum(ticks(pid) for pid in self.tree()) / TICKS_PER_SECOND

    def resident_kib(self):
        return sum(status_kib(pid, "VmRSS:") for pid in self.tree())

    def peak_kib(self):
        return sum(status_kib(pid, "VmHWM:") for pid in self.tree())

    def forget_peak(self):
        for pid in self.tree():
            try:
                with open(f"/proc/{pid}/clear_refs", "w", encoding="ascii") as file:
                    file.write("5")
            except OSError:
                pass  # ended meanwhile, or not ours: then the peak covers more than this row

    def java_pid(self):
        """The pid of the JVM in the tree, or None."""
        for pid in self.tree():
            try:
                if os.path.basename(os.readlink(f"/proc/{pid}/exe")) == "java":
                    return pid
            except OSError:
                continue
        return None

    def last_lines(self, count=15):
        try:
            with open(self.log, encoding="utf-8", errors="replace") as file:
                return "".join(file.readlines()[-count:]).rstrip()
        except OSError:
            return ""

    def stop(self, patience=5.0):
        """Asks with SIGTERM, then kills what is left of the tree."""
        tree = self.tree()
        self.process.terminate()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            pass
        for pid in tree:
            if pid != self.pid and in_session(pid, self.pid):
                kill(pid)
        if self.alive():
            self.process.kill()
            self.process.wait()


class Children:
    """All that a run started; stopped in reverse order when the `with` block ends, however it ends."""

    def __init__(self):
        self.running = []

    def start(self, argv, cpus, directory, log):
        child = Child(argv, cpus, directory, log)
        self.running.append(child)
        return child

    def stop(self, child):
        if child in self.running:
            self.running.remove(child)
            child.stop()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        while self.running:
            child = self.running.pop()
            try:
                child.stop()
            except Exception as error:  # the others must be stopped too
                print(f"pid {child.pid} could not be stopped: {error}", flush=True)


def pinned(argv, cpus):
    return ["taskset", "-c", ",".join(map(str, cpus)), *argv]


def stop_on_signals():
    """Ctrl-C, SIGTERM and SIGHUP unwind the stack, so that everything started is stopped."""

    def leave(number, _):
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGHUP, leave)
    signal.signal(signal.SIGINT, leave)  # also where a shell started us with it ignored


def run_bounded(argv, seconds, cpus=None, **options):
    """Runs to the end and returns the CompletedProcess; after `seconds` the process is killed (TimeoutExpired)."""
    command = pinned(argv, cpus) if cpus else argv
    return subprocess.run(command, timeout=seconds, text=True, stdin=subprocess.DEVNULL, **options)


def descendants(root):
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            fields = stat(int(entry))
            if fields:
                children.setdefault(int(fields[1]), []).append(int(entry))
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting.extend(children.get(pid, []))
    return found


def stat(pid):
    """The fields of `/proc/PID/stat` from the third (state) on; empty when the process is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()
    except OSError:
        return []


def ticks(pid):
    fields = stat(pid)
    return sum(map(int, fields[11:15])) if fields else 0  # utime, stime, cutime, cstime


def in_session(pid, leader):
    fields = stat(pid)
    return bool(fields) and int(fields[3]) == leader


def status_kib(pid, key):
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8") as file:
            for line in file:
                if line.startswith(key):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


class Clock:
    """The time that a run may take."""

    def __init__(self, seconds):
        self.end = time.monotonic() + seconds

    def left(self):
        return self.end - time.monotonic()
