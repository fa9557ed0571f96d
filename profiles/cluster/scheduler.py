"""Submit, watch and cancel jobs of Snakemake with PBS, LSF, SLURM, or as processes of this machine.

Called by the three programs beside it, which profile.yaml names. It needs only Python's standard library, so any Python of
the login node will do. SYMSCOPE_SCHEDULER says which scheduler; SYMSCOPE_SUBMIT_OPTIONS is added to each submission.
"""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

LOGS = Path(".snakemake/cluster_logs")
LOCAL = Path(".snakemake/cluster_jobs")


class Scheduler:
    """One kind of scheduler: its commands, and what its answers mean."""

    submitted = re.compile(r"(\S+)")
    cancel: tuple[str, ...] = ()
    status: tuple[str, ...] = ()

    def submission(self, job: dict, log: str) -> list[str]:
        """Command that submits a job, without the script."""
        raise NotImplementedError

    def submit(self, script: str) -> str:
        """Submit a script and return the job's name with the scheduler."""
        job = job_of(script)
        LOGS.mkdir(parents=True, exist_ok=True)
        command = self.submission(job, str((LOGS / f"{job['name']}-{job['jobid']}.log").absolute()))
        command += [*shlex.split(os.environ.get("SYMSCOPE_SUBMIT_OPTIONS", "")), script]
        told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
        found = self.submitted.search(told)
        if found is None:
            raise SystemExit(f"{command[0]} answered '{told.strip()}', in which no job can be seen")
        return found.group(1)

    def state(self, told: str) -> str:
        """Snakemake's word for what the scheduler says of a job: running, success or failed; empty if it knows nothing."""
        raise NotImplementedError

    def ask(self, job_id: str) -> str:
        """State of a job; a scheduler that does not know it three times has lost it."""
        for attempt in range(3):
            time.sleep(2 * attempt)
            done = subprocess.run(
                [*self.status, job_id],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                check=False,
            )
            state = self.state(done.stdout)
            if state:
                return state
        return "failed"

    def end(self, job_ids: list[str]) -> None:
        """Cancel jobs."""
        subprocess.run([*self.cancel, *job_ids], check=False)


class Pbs(Scheduler):
    """PBS Professional and OpenPBS."""

    cancel = ("qdel",)
    status = ("qstat", "-x", "-f")

    def submission(self, job: dict, log: str) -> list[str]:
        """Command that submits a job."""
        gpus = f":ngpus={job['gpu']}" if job["gpu"] else ""
        select = f"select=1:ncpus={job['threads']}:mem={job['mem_mb']}mb{gpus}"
        hours, minutes = divmod(job["runtime"], 60)
        limits = ["-l", select, "-l", f"walltime={hours}:{minutes:02d}:00"]
        return ["qsub", "-V", "-N", job["name"][:15], *limits, "-j", "oe", "-o", log]

    def state(self, told: str) -> str:
        """Word for PBS's answer."""
        letter = re.search(r"job_state = (\w)", told)
        if letter is None:
            return ""
        if letter.group(1) not in "FX":
            return "running"
        return "success" if re.search(r"Exit_status = 0\b", told) else "failed"


class Lsf(Scheduler):
    """IBM Spectrum LSF."""

    submitted = re.compile(r"<(\d+)>")
    cancel = ("bkill",)
    status = ("bjobs", "-noheader", "-o", "stat")

    def submission(self, job: dict, log: str) -> list[str]:
        """Command that submits a job."""
        memory = ["-M", f"{job['mem_mb']}MB", "-R", f"rusage[mem={job['mem_mb']}MB] span[hosts=1]"]
        gpus = ["-gpu", f"num={job['gpu']}"] if job["gpu"] else []
        return [
            "bsub",
            "-J",
            job["name"],
            "-n",
            str(job["threads"]),
            *memory,
            *gpus,
            "-W",
            str(job["runtime"]),
            "-o",
            log,
        ]

    def state(self, told: str) -> str:
        """Word for LSF's answer."""
        word = told.strip()
        return {"DONE": "success", "EXIT": "failed", "ZOMBI": "failed", "": ""}.get(word, "running")


class Slurm(Scheduler):
    """SLURM, without Snakemake's plugin for it."""

    submitted = re.compile(r"(\d+)")
    cancel = ("scancel",)
    status = ("scontrol", "show", "job")

    def submission(self, job: dict, log: str) -> list[str]:
        """Command that submits a job."""
        limits = [f"--cpus-per-task={job['threads']}", f"--mem={job['mem_mb']}", f"--time={job['runtime']}"]
        gpus = [f"--gpus={job['gpu']}"] if job["gpu"] else []
        return ["sbatch", "--parsable", f"--job-name={job['name']}", *limits, *gpus, f"--output={log}"]

    def state(self, told: str) -> str:
        """Word for SLURM's answer."""
        found = re.search(r"JobState=(\w+)", told)
        if found is None:
            return ""
        waiting = (
            "PENDING",
            "CONFIGURING",
            "RUNNING",
            "COMPLETING",
            "SUSPENDED",
            "REQUEUED",
            "REQUEUE_HOLD",
            "RESIZING",
        )
        return "success" if found.group(1) == "COMPLETED" else "running" if found.group(1) in waiting else "failed"


class Local(Scheduler):
    """Processes of this machine, all at once: to try the way that jobs take, without a scheduler."""

    def submit(self, script: str) -> str:
        """Start a script in a session of its own, which writes how it ended into a file."""
        job = job_of(script)
        for folder in (LOGS, LOCAL):
            folder.mkdir(parents=True, exist_ok=True)
        log = LOGS / f"{job['name']}-{job['jobid']}.log"
        name = f"{os.getpid()}-{time.time_ns()}"
        ended = (LOCAL / name).absolute()
        command = f'{shlex.quote(script)}; echo $? > "$0.part"; mv "$0.part" "$0"'
        with log.open("w") as told:
            process = subprocess.Popen(
                ["sh", "-c", command, str(ended)], stdout=told, stderr=subprocess.STDOUT, start_new_session=True
            )
        return f"{name}-{process.pid}"

    def ask(self, job_id: str) -> str:
        """State of a job."""
        name, _, pid = job_id.rpartition("-")
        ended = LOCAL / name
        if not ended.exists():
            try:
                os.killpg(int(pid), 0)
            except ProcessLookupError:
                time.sleep(0.2)  # it may have ended just now
                if not ended.exists():
                    return "failed"
            else:
                return "running"
        return "success" if ended.read_text().strip() == "0" else "failed"

    def end(self, job_ids: list[str]) -> None:
        """Kill jobs with all their processes."""
        for job_id in job_ids:
            try:
                os.killpg(int(job_id.rpartition("-")[2]), signal.SIGTERM)
            except ProcessLookupError:
                continue


SCHEDULERS = {"pbs": Pbs, "lsf": Lsf, "slurm": Slurm, "local": Local}


def job_of(script: str) -> dict:
    """Read what Snakemake says of a job in the second line of its script."""
    with Path(script).open() as lines:
        line = next(line for line in lines if line.startswith("# properties = "))
    told = json.loads(line.split("=", 1)[1])
    resources = told.get("resources", {})
    return {
        "name": told.get("rule") or told.get("groupid", "group"),
        "jobid": told["jobid"],
        "threads": told.get("threads", 1),
        "mem_mb": int(resources.get("mem_mb", 2000)),
        "runtime": int(resources.get("runtime", 60)),
        "gpu": int(resources.get("gpu", 0)),
    }


def main(verb: str, arguments: list[str]) -> None:
    """Do what one of the three programs is for."""
    name = os.environ.get("SYMSCOPE_SCHEDULER", "")
    if name not in SCHEDULERS:
        raise SystemExit(f"SYMSCOPE_SCHEDULER is '{name}'; export one of {', '.join(SCHEDULERS)}")
    scheduler = SCHEDULERS[name]()
    if verb == "submit":
        print(scheduler.submit(arguments[0]))
    elif verb == "status":
        print(scheduler.ask(arguments[0]))
    else:
        scheduler.end(arguments)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
