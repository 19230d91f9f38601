"""Command-line options that the scripts share."""

import argparse
import subprocess
import sys

from loadbench.place import Place, Unusable
from loadbench.proxies import Description


class ConfigOfLastProxy(argparse.Action):
    def __call__(self, parser, namespace, value, option=None):
        if not namespace.proxy:
            parser.error(f"{option} belongs to the --proxy before it")
        text, _ = namespace.proxy[-1]
        namespace.proxy[-1] = (text, value)


class OneMoreProxy(argparse.Action):
    def __call__(self, parser, namespace, value, option=None):
        namespace.proxy = [*(namespace.proxy or []), (value, None)]


def add_proxy_options(parser, default):
    parser.add_argument(
        "--proxies", default=default, help=f"names in tests/bench/proxies, or .toml files (default {default})"
    )
    parser.add_argument(
        "--proxy",
        action=OneMoreProxy,
        metavar="NAME=CMD",
        help="one more proxy; words like {plain} {tls} {backend} {cert} {key} {config} {dir} are replaced",
    )
    parser.add_argument(
        "--proxy-config", action=ConfigOfLastProxy, metavar="FILE", help="config of that proxy, with the same words"
    )


def add_place_options(parser):
    parser.add_argument("--cores", type=int, default=1, help="cores (and workers) of the proxy (default 1)")
    parser.add_argument("--proxy-cpus", type=cpus, help="CPUs of the proxy, such as 0 or 0,1")
    parser.add_argument("--load-cpus", type=cpus, help="CPUs of load and backend")
    parser.add_argument("--backend-port", type=int, default=0, help="port of the backend (default: any free one)")
    parser.add_argument(
        "--key", choices=("ecdsa", "rsa"), default="ecdsa", help="the certificate's key: P-256 (default) or RSA-2048"
    )
    parser.add_argument("--keep", action="store_true", help="leave the temporary directory with configs and logs")


def cpus(text):
    return [int(number) for number in text.split(",")]


def descriptions(options):
    chosen = [Description.load(name) for name in options.proxies.split(",") if name]
    chosen += [Description.from_command_line(text, config) for text, config in options.proxy or []]
    if not chosen:
        raise Unusable("no proxy to measure")
    return chosen


def make_place(options):
    return Place(options.cores, options.keep, options.backend_port, options.proxy_cpus, options.load_cpus, options.key)


def guarded(main):
    """Runs `main`; what is not usable is told in a line, without a stack trace."""
    try:
        return main()
    except Unusable as error:
        print(error, file=sys.stderr)
        return 2
    except subprocess.TimeoutExpired as error:
        print(f"not done in time: {error}", file=sys.stderr)
        return 2
