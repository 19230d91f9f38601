"""Opens TLS connections to 127.0.0.1 and holds them. Orders come by standard input, one a line:

    warm N    N connections with one request each, closed again, at most 50 at a time
    open N    N connections with one request each, held open
    check     asks once more on every connection that is held

Each is answered by the number of connections that failed.
"""

import asyncio
import ssl
import sys

AT_A_TIME = 50
REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Holder:
    def __init__(self, port):
        self.port = port
        self.held = []
        self.tls = ssl.create_default_context()
        self.tls.check_hostname = False
        self.tls.verify_mode = ssl.CERT_NONE
        self.tls.set_alpn_protocols(["http/1.1"])

    async def open(self, hold):
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self.port, ssl=self.tls, server_hostname="localhost", limit=8192
        )
        await self.ask(reader, writer)
        if hold:
            self.held.append((reader, writer))
        else:
            writer.transport.abort()

    async def ask(self, reader, writer):
        writer.write(REQUEST)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)
        if not head.startswith(b"HTTP/1.1 200"):
            raise OSError(head.split(b"\r\n")[0])
        await asyncio.wait_for(reader.readexactly(13), 30)

    async def obey(self, order, count):
        if order == "check":
            return await self.count_failures(self.ask(*connection) for connection in self.held)
        return await self.count_failures(self.open(order == "open") for _ in range(count))

    async def count_failures(self, jobs):
        """Runs the jobs, at most AT_A_TIME together."""
        jobs = iter(jobs)
        failures = 0

        async def worker():
            nonlocal failures
            for job in jobs:
                try:
                    await job
                except Exception as error:  # each is counted, the first is told
                    if not failures:
                        print(f"{type(error).__name__} {error}", file=sys.stderr, flush=True)
                    failures += 1

        await asyncio.gather(*(worker() for _ in range(AT_A_TIME)))
        return failures


async def main():
    holder = Holder(int(sys.argv[1]))
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        order, _, count = line.strip().partition(" ")
        print(await holder.obey(order, int(count or 0)), flush=True)


asyncio.run(main())
