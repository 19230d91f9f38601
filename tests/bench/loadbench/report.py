"""The tables, from the JSON document of a run."""

from loadbench.measure import medians


def document(bench, machine, settings):
    """What is written as JSON and printed from."""
    rows = []
    for row in bench.rows:
        proxies = {}
        for name, kept in bench.results.get(row.name, {}).items():
            proxies[name] = {**kept, "median": medians(kept.get("rounds", []))}
        costs = [kept["median"].get("cost") for name, kept in proxies.items() if is_nginx(name)]
        first = next((cost for cost in costs if cost), None)
        for kept in proxies.values():
            cost = kept["median"].get("cost")
            kept["ratio_to_nginx"] = cost / first if cost and first else None
        unit = "KiB" if row.client == "idle" else f"us per {row.unit}"
        rows.append({"name": row.name, "title": row.title, "unit": unit, "goal": row.goal, "proxies": proxies})
    return {
        "machine": machine,
        "settings": settings,
        "names": [description.name for description in bench.descriptions],
        "rows": rows,
        "notes": bench.notes,
        "failed": bench.failed,
    }


def is_nginx(name):
    """The first of them that did the row is what others are compared with."""
    return name in ("nginx", "nginx-pq")


def text(doc, markdown=False):
    parts = [
        "Cost of a unit of work: CPU of the proxy's processes (idle TLS: resident memory); ratio to nginx",
        "",
        table(["row", "unit", *doc["names"], "goal"], [overview_line(doc, row) for row in doc["rows"]], markdown),
        "",
        "All figures (medians)",
        "",
        table(
            ["row", "proxy", "cost", "ratio", "units/s", "p99 ms", "resident MiB", "peak MiB", "failed", "rounds"],
            [line for row in doc["rows"] for line in detail_lines(doc, row)],
            markdown,
        ),
        "",
    ]
    for key, value in {**doc["machine"], **doc["settings"]}.items():
        parts.append(f"{'- ' if markdown else ''}{key}: {value}")
    for note in doc["notes"]:
        parts.append(f"{'- ' if markdown else ''}note: {note}")
    parts.append(f"{'- ' if markdown else ''}failed requests: {doc['failed']}")
    return "\n".join(parts) + "\n"


def overview_line(doc, row):
    cells = []
    for name in doc["names"]:
        kept = row["proxies"].get(name, {})
        cost = kept.get("median", {}).get("cost")
        ratio = kept.get("ratio_to_nginx")
        cell = number(cost)
        if ratio is not None and not is_nginx(name):
            cell += f" ({ratio:.2f}x)"
        cells.append(cell)
    return [row["title"], row["unit"], *cells, goal_of(row)]


def goal_of(row):
    if not row["goal"]:
        return "-"
    return f"{row['goal']} KiB" if row["unit"] == "KiB" else f"{row['goal']}x"


def detail_lines(doc, row):
    for name in doc["names"]:
        kept = row["proxies"].get(name)
        if not kept:
            continue
        median = kept["median"]
        ratio = kept["ratio_to_nginx"]
        yield [
            row["name"],
            name,
            number(median.get("cost")),
            "-" if ratio is None else f"{ratio:.2f}",
            number(median.get("per_second"), 0),
            number(median.get("p99_ms"), 2),
            number(median.get("resident_mib"), 0),
            number(median.get("peak_mib"), 0),
            str(kept.get("failed", 0)) if median else "not measured",
            str(len(kept.get("rounds", []))),
        ]


def number(value, digits=1):
    return "-" if value is None else f"{value:.{digits}f}"


def table(heads, lines, markdown):
    widths = [max(len(line[column]) for line in [heads, *lines]) for column in range(len(heads))]

    def row(cells):
        sized = enumerate(zip(cells, widths))
        padded = [cell.ljust(width) if i < 2 else cell.rjust(width) for i, (cell, width) in sized]
        return f"| {' | '.join(padded)} |" if markdown else "  ".join(padded).rstrip()

    rule = ["-" * width if i < 2 else "-" * (width - 1) + ":" for i, width in enumerate(widths)]
    between = row(rule) if markdown else "  ".join("-" * width for width in widths)
    return "\n".join([row(heads), between, *(row(line) for line in lines)])
