"""Make the three renditions of one photo in this process, and say what that cost.

``python -m benchmarks.one_photo ours SOURCE FOLDER`` works as the worker does, in the darkroom with
its limits; ``plain`` does the same with Pillow alone, which decodes every pixel first. Prints one
line of JSON: CPU milliseconds, and the peak of memory before and after, in megabytes.
"""

import json
import sys
import time
from pathlib import Path

from PIL import Image

from incidents import darkroom


def main() -> None:
    """Read the command line: which way, the photo, where to."""
    way, source, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    darkroom.limit_this_process()
    before = _peak()
    started = time.process_time()
    if way == "ours":
        darkroom.develop(source, folder, "ours", blurred=[])
    else:
        _plain(source, folder)
    spent = (time.process_time() - started) * 1000
    sys.stdout.write(json.dumps({"cpu": spent, "before": before, "peak": _peak()}))


def _plain(source: Path, folder: Path) -> None:
    with Image.open(source) as image:
        image.load()
        whole = image.convert("RGB")
    for name, longest in darkroom.RENDITIONS.items():
        made = whole.copy()
        made.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=None)
        made.save(folder / f"plain-{name}.jpg", "JPEG", quality=darkroom.QUALITY)


def _peak() -> float:
    """Return the most memory this process has held: that of its parent does not count."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise LookupError("VmHWM")


if __name__ == "__main__":
    main()
