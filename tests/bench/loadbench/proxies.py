"""The proxies under test: what starts them, and whether they serve."""

import http.client
import pathlib
import shlex
import ssl
import subprocess
import time
import tomllib

from loadbench import place as places
from loadbench import processes
from loadbench.place import BENCH, ROOT, Unusable

ANSWER = b"Hello, world!"


class Description:
    """How to start one proxy.

    `command`, `config` and `prepare` may contain {plain} {tls} (ports), {backend} (host:port), {cert} {key} {pem} (PEM
    files; pem has both), {dir} (a directory of its own), {config} (its filled config file), {cores}, {root}, and what
    its own `words` names.
    """

    def __init__(self, name, command, config=None, prepare=None, version=None, words=None):
        self.name = name
        self.command = command
        self.config = config
        self.prepare = prepare
        self.version = version
        self.words = words or {}

    @staticmethod
    def load(name_or_path):
        """A file of `tests/bench/proxies`, by its name, or any descriptor, by its path."""
        path = pathlib.Path(name_or_path)
        if path.suffix != ".toml":
            path = BENCH / "proxies" / f"{name_or_path}.toml"
        try:
            keys = tomllib.loads(path.read_text())
        except FileNotFoundError:
            known = ", ".join(sorted(file.stem for file in (BENCH / "proxies").glob("*.toml")))
            raise Unusable(f"no proxy '{name_or_path}' (known: {known}; others by --proxy, or a .toml file)") from None
        except tomllib.TOMLDecodeError as error:
            raise Unusable(f"{path}: {error}") from None
        unknown = keys.keys() - {"command", "config", "prepare", "version", "words"}
        if unknown or "command" not in keys:
            raise Unusable(f"{path}: 'command' is required, unknown: {', '.join(sorted(unknown)) or 'none'}")
        if "config" in keys:
            keys["config"] = path.parent / keys["config"]
        return Description(path.stem, **keys)

    @staticmethod
    def from_command_line(text, config):
        """`NAME=COMMAND` and a config file or None."""
        name, equals, command = text.partition("=")
        if not equals or not name or not command:
            raise Unusable(f"--proxy {text!r}: want NAME=COMMAND")
        return Description(name, shlex.split(command), pathlib.Path(config) if config else None)

    def prepare_now(self):
        """What must be done before the clock and the pinning, such as building."""
        if not self.prepare:
            return
        argv = [places.fill(word, {"root": ROOT}) for word in self.prepare]
        self.require(argv[0])
        try:
            done = processes.run_bounded(argv, 600, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Unusable(f"{self.name}: {error}") from None
        if done.returncode:
            raise Unusable(f"{self.name}: {' '.join(argv)} failed with {done.returncode}:\n{done.stdout[-2000:]}")

    def require(self, path):
        if "/" in path and not pathlib.Path(path).exists():
            raise Unusable(f"{self.name}: {path} does not exist")

    def version_line(self):
        if not self.version:
            return ""
        argv = [places.fill(word, {"root": ROOT}) for word in self.version]
        try:
            argv[0] = places.program(argv[0])
            done = processes.run_bounded(argv, 60, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            return done.stdout.strip().splitlines()[0]
        except (Unusable, OSError, IndexError, subprocess.TimeoutExpired):
            return ""


class Proxy:
    """A running proxy."""

    def __init__(self, description, place):
        self.name = description.name
        self.place = place
        self.plain, self.tls = places.free_port(), places.free_port()
        self.directory = place.directory / f"{self.name}-{self.tls}"
        self.directory.mkdir()
        self.warm = set()
        self.fresh_port = None
        self.fresh_maker = None
        words = {
            "plain": self.plain,
            "tls": self.tls,
            "backend": place.backend,
            "cert": place.cert,
            "key": place.key,
            "pem": place.pem,
            "dir": self.directory,
            "cores": place.cores,
            "root": ROOT,
            **description.words,
        }
        if description.config:
            config = self.directory / f"{description.config.name}.filled{description.config.suffix}"
            try:
                config.write_text(places.fill(description.config.read_text(), words))
            except OSError as error:
                raise Unusable(f"{self.name}: {error}") from None
            words["config"] = config
        argv = [places.fill(word, words) for word in description.command]
        description.require(argv[0])
        argv[0] = places.program(argv[0])
        self.child = place.children.start(argv, place.proxy_cpus, self.directory, self.directory / "log")
        try:
            self.wait_until_serving()
        except BaseException:
            self.stop()
            raise
        self.java_pid = self.child.java_pid()

    @property
    def is_java(self):
        return self.java_pid is not None

    def wait_until_serving(self, seconds=60):
        places.wait_for_port(self.child, self.tls, self.name, seconds)
        for scheme in ("http", "https"):
            end = time.monotonic() + seconds
            problem = "no answer"
            while (problem := self.ask(scheme)) is not None:
                if not self.child.alive() or time.monotonic() > end:
                    raise Unusable(f"{self.name} does not serve {scheme}: {problem}\n{self.child.last_lines()}")
                time.sleep(0.1)

    def ask(self, scheme):
        """None when the proxy passes the small answer on, else what was wrong."""
        if scheme == "http":
            connection = http.client.HTTPConnection("127.0.0.1", self.plain, timeout=5)
        else:
            connection = LocalhostTls("127.0.0.1", self.tls, timeout=5)
        try:
            connection.request("GET", "/", headers={"Host": "localhost"})
            answer = connection.getresponse()
            body = answer.read()
            return None if (answer.status, body) == (200, ANSWER) else f"status {answer.status}, body {body[:100]!r}"
        except (OSError, http.client.HTTPException) as error:
            return f"{type(error).__name__} {error}"
        finally:
            connection.close()

    def fresh_connections_port(self):
        """The port whose every request becomes a new TLS connection to this proxy."""
        if self.fresh_port is None:
            port = places.free_port()
            words = {"listen": f"127.0.0.1:{port}", "tls": self.tls}
            self.fresh_maker = self.place.start_helper("fresh-connections", words)
            places.wait_for_port(self.fresh_maker, port, "the maker of new connections (nginx)")
            self.fresh_port = port
        return self.fresh_port

    def stop(self):
        self.place.children.stop(self.child)


class LocalhostTls(http.client.HTTPSConnection):
    """To a loopback port, with the SNI `localhost`, whatever the certificate."""

    def __init__(self, *arguments, **options):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_alpn_protocols(["http/1.1"])
        super().__init__(*arguments, context=context, **options)
        self.context = context

    def connect(self):
        http.client.HTTPConnection.connect(self)
        self.sock = self.context.wrap_socket(self.sock, server_hostname="localhost")
