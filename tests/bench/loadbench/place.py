"""The place a run works in: a temporary directory with certificate, files and backend, and the shares of the cores."""

import os
import pathlib
import resource
import shutil
import socket
import subprocess
import tempfile
import time

from loadbench import processes

ROOT = pathlib.Path(__file__).resolve().parents[3]
BENCH = ROOT / "tests" / "bench"
TARGET = ROOT / "target" / "bench"
MIB = 1024 * 1024


class Unusable(Exception):
    """Something the run needs is not there; the message says what and what to do."""


class Place:
    """Certificate, files, backend and cores, for the length of a `with` block."""

    def __init__(self, cores=1, keep=False, backend_port=0, proxy_cpus=None, load_cpus=None, key_kind="ecdsa"):
        self.cores = cores
        self.keep = keep
        self.backend_port = backend_port
        self.proxy_cpus, self.load_cpus = proxy_cpus, load_cpus
        self.key_kind = key_kind
        self.children = processes.Children()

    def __enter__(self):
        for tool in ("nginx", "h2load", "openssl", "taskset"):
            program(tool)
        self.children.__enter__()
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="gatehouse-bench-"))
        try:
            self.directory.chmod(0o755)
            raise_file_limit()
            self.share_cores()
            self.make_certificate()
            self.make_files()
            self.start_backend()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.children.__exit__()
        if self.keep:
            print(f"kept: {self.directory}")
        else:
            shutil.rmtree(self.directory, ignore_errors=True)

    def share_cores(self):
        mine = sorted(os.sched_getaffinity(0))
        if self.cores > 1:
            self.proxy_cpus = self.proxy_cpus or mine[: self.cores]
            self.load_cpus = self.load_cpus or mine
        else:
            self.proxy_cpus = self.proxy_cpus or mine[:1]
            self.load_cpus = self.load_cpus or mine[1:2] or mine[:1]

    def stay_off_the_proxy(self):
        """From now on this process works where the load does."""
        os.sched_setaffinity(0, self.load_cpus)

    def make_certificate(self):
        self.cert, self.key, self.pem = (self.directory / name for name in ("cert.pem", "key.pem", "both.pem"))
        kind = "rsa:2048" if self.key_kind == "rsa" else "ec -pkeyopt ec_paramgen_curve:prime256v1"
        done = processes.run_bounded(
            f"openssl req -x509 -newkey {kind} -nodes -days 30 -subj /CN=localhost "
            f"-addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout {self.key} -out {self.cert}".split(),
            30,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if done.returncode:
            raise Unusable(f"openssl made no certificate: {done.stdout}")
        self.pem.write_text(self.cert.read_text() + self.key.read_text())
        self.key.chmod(0o600)
        self.pem.chmod(0o600)

    def make_files(self):
        self.files = self.directory / "files"
        self.files.mkdir()
        block = os.urandom(MIB)
        (self.files / "1m").write_bytes(block)
        with open(self.files / "100m", "wb") as file:
            for _ in range(100):
                file.write(block)

    def start_backend(self):
        self.backend = f"127.0.0.1:{self.backend_port or free_port()}"
        child = self.start_helper("backend", {"backend": self.backend, "files": self.files})
        wait_for_port(child, int(self.backend.rpartition(":")[2]), "the backend (nginx)")

    def start_helper(self, name, words):
        """Starts an nginx of the load's side from `tests/bench/config`."""
        directory = self.directory / f"{name}-{len(self.children.running)}"
        directory.mkdir()
        config = directory / "nginx.conf"
        words = {**words, "dir": directory, "cores": self.cores}
        config.write_text(fill((BENCH / "config" / f"{name}.conf").read_text(), words))
        argv = [program("nginx"), "-e", "stderr", "-p", str(directory), "-c", str(config)]
        return self.children.start(argv, self.load_cpus, directory, directory / "log")


def fill(text, words):
    """Replaces `{word}` for the known words only, so that braces of config files stay as they are."""
    for word, value in words.items():
        text = text.replace("{" + word + "}", str(value))
    return text


def program(name):
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/local/sbin")
    if not found:
        raise Unusable(f"'{name}' is not installed; tests/bench/install installs what the benchmark needs")
    return found


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(child, port, name, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not child.alive():
            raise Unusable(f"{name} ended at once:\n{child.last_lines()}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise Unusable(f"{name} did not listen on port {port} within {seconds} s:\n{child.last_lines()}")


def raise_file_limit():
    """Children inherit it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
