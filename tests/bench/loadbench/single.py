"""One proxy under one row, for the scripts that look closer."""

import contextlib

from loadbench import cli, processes, rows
from loadbench.place import Unusable
from loadbench.proxies import Proxy


def add_options(parser, requests_help):
    parser.add_argument("row", help="one of: " + ", ".join(row.name for row in rows.ROWS if row.client != "idle"))
    parser.add_argument("--requests", type=int, help=requests_help)
    parser.add_argument("--warm-up", type=int, help="requests before it (default: as in compare)")
    cli.add_place_options(parser)
    cli.add_proxy_options(parser, "gatehouse")


@contextlib.contextmanager
def warmed_up(options):
    """Yields the row, the place and the running proxy, which has served the warm-up."""
    processes.stop_on_signals()
    row = rows.choose(options.row)[0]
    if "," in options.row or row.client == "idle":
        raise Unusable(f"'{options.row}' is not one row of requests")
    if options.proxy:
        options.proxies = ""  # the default makes room for what was asked for
    description = cli.descriptions(options)[0]
    description.prepare_now()
    with cli.make_place(options) as place:
        place.stay_off_the_proxy()
        proxy = Proxy(description, place)
        warm = options.warm_up if options.warm_up is not None else row.warm_java if proxy.is_java else row.warm
        if warm:
            print(f"{proxy.name}: {row.title}: warm-up of {warm} requests", flush=True)
            load(row, place, proxy, warm)
        yield row, place, proxy
        proxy.stop()


def load(row, place, proxy, requests, seconds=300):
    outcome = row.run(place, proxy, requests, seconds)
    if outcome.failed:
        raise Unusable(f"{outcome.failed} of {requests} requests failed: {outcome.problem}\n{proxy.child.last_lines()}")
    return outcome
