"""Take from a finished default run what the documentation shows of it: figures as PNG, the numbers that pages quote, times.

    python docs/take_results.py results

Needed: Chromium and its driver, as for the browser tests. Run it when published numbers change.
"""

import csv
import io
import json
import re
import shutil
import sys
from pathlib import Path

from extension import seconds
from PIL import Image
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

HERE = Path(__file__).resolve().parent
IMAGES = HERE / "images" / "results"
WIDTH = 1400
"""Pixels across a figure."""
COLOURS = 96


def quoted(role: str) -> list[str]:
    """Everything that a page quotes by a role, each once."""
    pages = [page.read_text() for page in sorted(HERE.rglob("*.md")) if not {"_build", "_made"} & set(page.parts)]
    return sorted({found for page in pages for found in re.findall(rf"\{{{role}\}}`([^`]+)`", page)})


def processor_times(benchmarks: Path) -> dict[str, float]:
    """Processor seconds of every job by its rule and names [s]."""
    times = {}
    for path in sorted(benchmarks.rglob("*.tsv")):
        with path.open() as lines:
            told = next(csv.DictReader(lines, delimiter="\t"))
        if told["cpu_time"] not in ("NA", "-"):
            times[path.relative_to(benchmarks).with_suffix("").as_posix()] = float(told["cpu_time"])
    return times


def photograph(svg: Path, png: Path, browser: webdriver.Chrome) -> None:
    """Write a figure as a small PNG."""
    head = svg.read_text()[:4000]
    width, height = (float(value) for value in re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', head).groups())
    size = {"width": WIDTH, "height": round(WIDTH * height / width), "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    page = f'<body style="margin:0"><img src="{svg.as_uri()}" width="{WIDTH}"></body>'
    aside = png.with_suffix(".html")
    aside.write_text(page)
    browser.get(aside.as_uri())
    image = Image.open(io.BytesIO(browser.get_screenshot_as_png())).convert("RGB")
    aside.unlink()
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(png, optimize=True)


def main(results: Path) -> None:
    """Write `docs/numbers.json` and the figures that the pages show."""
    records = {one["id"]: one for one in json.loads((results / "summary.json").read_text())["records"]}
    times = processor_times(results / "benchmarks")
    wanted = {name.partition(":")[0] for name in quoted("number")}
    patterns = [pattern for told in quoted("cpu") for pattern in told.split()]
    seconds(patterns, times)
    used = {name: round(time, 1) for name, time in times.items() if any(seconds_of(name, p) for p in patterns)}
    values = {"records": [records[name] for name in sorted(wanted)], "cpu_seconds": used}
    (HERE / "numbers.json").write_text(json.dumps(values, indent=1, ensure_ascii=False) + "\n")
    shown = {
        found for page in HERE.rglob("*.md") for found in re.findall(r"images/results/(\w+)\.png", page.read_text())
    }
    options = Options()
    for flag in ("--headless=new", "--no-sandbox", "--hide-scrollbars", "--disable-gpu"):
        options.add_argument(flag)
    browser = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    for name in sorted(shown):
        photograph((results / "figures" / f"{name}.svg").resolve(), IMAGES / f"{name}.png", browser)
    browser.quit()


def seconds_of(name: str, pattern: str) -> bool:
    """Tell whether a job fits a pattern."""
    try:
        return seconds([pattern], {name: 1.0}) > 0
    except KeyError:
        return False


if __name__ == "__main__":
    main(Path(sys.argv[1]))
