"""Open pages in a process of its own: opens every stream it is given, notes when ticks come.

It reads one JSON list of ``[topic, path]`` from its first line, writes ``ready`` once all streams
are open, and when its input ends, one JSON list of ``[topic, monotonic seconds]``.
"""

import asyncio
import json
import sys
import time


TICK = b"data:"


async def listen(port: int, topic: str, path: str, opened: asyncio.Event, heard: list) -> None:
    """Open one page and note its ticks; each topic is watched from a place of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    place = f"X-Forwarded-For: 192.0.2.{topic.partition(':')[2]}"
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{place}\r\n\r\n".encode())
    while line := await reader.readline():
        if line.startswith(b"retry:"):
            opened.set()
        elif line.startswith(TICK):
            heard.append([topic, time.monotonic()])


async def main(port: int) -> None:
    """Listen until the input ends."""
    pages, heard, tasks = json.loads(sys.stdin.readline()), [], []
    for topic, path in pages:
        opened = asyncio.Event()
        tasks.append(asyncio.create_task(listen(port, topic, path, opened, heard)))
        await asyncio.wait_for(opened.wait(), 10)
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    print(json.dumps(heard))
    for task in tasks:
        task.cancel()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
