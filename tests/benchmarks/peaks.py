"""Peak memory and processor time of each rule, from the benchmark files of a run.

python tests/benchmarks/peaks.py results/benchmarks
"""

import csv
import sys
from pathlib import Path


def peaks(folder: Path) -> list[tuple[str, int, float, float]]:
    """For each rule: jobs, largest resident memory [MB], and processor time of all jobs together [s]; the largest first."""
    found: dict[str, list[tuple[float, float]]] = {}
    for path in sorted(folder.rglob("*.tsv")):
        with path.open(newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                rule = path.relative_to(folder).parts[0].removesuffix(".tsv")
                found.setdefault(rule, []).append((_number(row["max_rss"]), _number(row["cpu_time"])))
    table = [
        (rule, len(jobs), max(job[0] for job in jobs), sum(job[1] for job in jobs)) for rule, jobs in found.items()
    ]
    return sorted(table, key=lambda row: -row[2])


def _number(text: str) -> float:
    """Read a cell; of jobs that end at once Snakemake measures nothing."""
    try:
        return float(text)
    except ValueError:
        return 0.0


def main() -> None:
    """Print the table."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "results/benchmarks")
    print(f"{'rule':32s} {'jobs':>5s} {'peak [MB]':>10s} {'CPU [s]':>9s}")
    for rule, jobs, memory, seconds in peaks(folder):
        print(f"{rule:32s} {jobs:5d} {memory:10.0f} {seconds:9.1f}")


if __name__ == "__main__":
    main()
