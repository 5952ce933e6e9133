"""A wire between the product and its database, which carries nothing while ``cut`` exists.

``python -m faults.wire PORT TO_PORT FOLDER``. Nothing is closed and nothing is refused: packets
that go in do not come out until the wire is whole again, as on a network that is partitioned.
"""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path


MOST_BYTES = 65536
LOOK_S = 0.02


async def serve(port: int, to_port: int, cut: Path) -> None:
    """Listen until ended."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(MOST_BYTES):
                await _until_whole(cut)
                writer.write(data)
                await writer.drain()
        writer.close()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _until_whole(cut)
        try:
            there, here = await asyncio.open_connection("127.0.0.1", to_port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(carry(reader, here), carry(there, writer))

    server = await asyncio.start_server(meet, "127.0.0.1", port)
    await server.serve_forever()


async def _until_whole(cut: Path) -> None:
    while cut.exists():  # noqa: ASYNC110, ASYNC240 (a file is what another process can set)
        await asyncio.sleep(LOOK_S)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]) / "cut"))
