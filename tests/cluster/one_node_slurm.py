"""A whole SLURM on this machine: one node on the loopback interface, for tests; started and taken down without a trace.

    python tests/cluster/one_node_slurm.py start     # installs slurm-wlm and munge where it may, starts the daemons
    python tests/cluster/one_node_slurm.py stop      # ends them and removes every file that start wrote

It runs as root, because the daemons do, and only where no other SLURM is: an existing configuration is never touched.
Jobs that use more memory than they asked for are killed by SLURM itself (`OverMemoryKill`), the node has one fake GPU,
and neither cgroups nor a database are needed.
"""

import argparse
import contextlib
import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ETC = Path("/etc/slurm")
CONFIG, GRES = ETC / "slurm.conf", ETC / "gres.conf"
MARK = "# written by tests/cluster/one_node_slurm.py, which removes it again; base: "
PROGRAMS = ("slurmctld", "slurmd", "munged", "sbatch", "srun", "squeue", "sinfo", "scontrol", "scancel")
DAEMONS = ("slurmctld", "slurmd", "slurmstepd", "munged")
PACKAGES = ("slurm-wlm", "munge")
PARTITION = "main"


class NoSlurm(Exception):
    """Says why there can be no SLURM of ours on this machine."""


def installed() -> bool:
    """Whether all programs are there."""
    return all(shutil.which(program) for program in PROGRAMS)


def running(names: tuple[str, ...] = DAEMONS) -> dict[int, str]:
    """Daemons of any SLURM that run now: process id -> name."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            name = (folder / "comm").read_text().strip()
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if name in names and state != "Z":
            found[int(folder.name)] = name
    return found


def our_base(config: Path | None = None) -> Path | None:
    """Folder of a node that an earlier call started and nobody stopped, as its configuration says."""
    try:
        first = (config or CONFIG).read_text().partition("\n")[0]
    except OSError:
        return None
    return Path(first.removeprefix(MARK)) if first.startswith(MARK) else None


def used_by(base: Path) -> str | None:
    """Who uses a node of ours that runs: a test, or somebody who started it by hand; None where it was left behind."""
    try:
        owner = (base / "owner").read_text()
    except OSError:
        return None
    if not owner:
        return "somebody who started it by hand (end it by: python tests/cluster/one_node_slurm.py stop)"
    return f"process {owner}" if Path("/proc", owner).exists() else None


def obstacle(*, install: bool) -> str | None:  # noqa: PLR0911
    """Reason why a node cannot be started here, or None."""
    if not sys.platform.startswith("linux"):
        return f"SLURM runs on Linux, and this is {sys.platform}"
    if os.geteuid() != 0:
        return f"its daemons need root, and this is {getpass.getuser()}"
    if (base := our_base()) is not None:
        if user := used_by(base):
            return f"the SLURM of one node is in use by {user}"
    else:
        if CONFIG.exists() or GRES.exists():
            return f"there is a SLURM on this machine already ({ETC} has a configuration that is not ours)"
        if daemons := running():
            return f"daemons of another SLURM run on this machine: {sorted(set(daemons.values()))}"
    if not installed():
        if not install:
            return "slurm-wlm and munge are not installed"
        if shutil.which("apt-get") is None:
            return "slurm-wlm and munge are not installed, and there is no apt-get to install them"
    return None


def install_packages() -> None:
    """Install SLURM and munge from the distribution, without starting anything."""
    if installed():
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES]
    for step in (command, ["apt-get", "update", "-qq"], command):
        done = subprocess.run(step, env=environment, capture_output=True, text=True, timeout=300, check=False)
        if step is command and done.returncode == 0 and installed():
            break
    else:
        raise NoSlurm(f"apt-get cannot install {' and '.join(PACKAGES)}: {done.stderr.strip()[-300:]}")
    # Where a policy allows it the packages start their services, which are not ours to use.
    if shutil.which("systemctl") and Path("/run/systemd/system").is_dir():
        for service in ("slurmctld", "slurmd", "munge"):
            subprocess.run(["systemctl", "disable", "--now", service], capture_output=True, check=False)


def free_ports(count: int) -> list[int]:
    """Ports of the loopback interface that nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def wait_for(condition: Callable[[], bool], what: str, *, seconds: float = 20) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise NoSlurm(f"{what} took longer than {seconds:.0f} s")
        time.sleep(0.1)


class OneNodeSlurm:
    """The node: its folder, its daemons, and what tests do to it."""

    def __init__(self, base: Path, *, cpus: int = 2, memory_mb: int = 4000, owner: str = "") -> None:
        self.base, self.cpus, self.memory_mb, self.owner = base, cpus, memory_mb, owner

    def start(self) -> None:
        """Write the configuration and start the daemons.

        Raises
        ------
        NoSlurm
            If that cannot be done here; what was begun is taken back.
        """
        if reason := obstacle(install=True):
            raise NoSlurm(reason)
        if (earlier := our_base()) is not None:
            OneNodeSlurm(earlier).stop()
        install_packages()
        try:
            self._write()
            self._start_munge()
            self.start_controller(fresh=True)
            self._call("slurmd", "-N", "localhost", "-f", str(CONFIG))
            wait_for(lambda: self.node_state() == "idle", "starting the node")
        except (NoSlurm, OSError) as error:
            logs = "".join(f"\n{path.name}: {path.read_text()[-500:]}" for path in sorted(self.base.glob("log/*.log")))
            self.stop()
            raise NoSlurm(f"{error}{logs}") from error

    def stop(self) -> None:
        """End jobs and daemons and remove every file of the node."""
        if installed() and self._pid("slurmctld"):
            subprocess.run(
                ["scancel", "--quiet", f"--user={getpass.getuser()}"], capture_output=True, timeout=30, check=False
            )
            # A job has some seconds to end by itself; the daemons must not go before it, or nobody ends its processes.
            with contextlib.suppress(NoSlurm):
                wait_for(lambda: not self.jobs("PENDING", "RUNNING", "COMPLETING"), "ending all jobs")
        own = [pid for name in DAEMONS if (pid := self._pid(name))]
        steps = [pid for pid, name in running(("slurmstepd",)).items() if name == "slurmstepd"]
        for pid in steps + own:
            self._end(pid)
        for path in (CONFIG, GRES):
            if our_base(path) == self.base:
                path.unlink()
        shutil.rmtree(self.base, ignore_errors=True)

    def start_controller(self, *, fresh: bool = False) -> None:
        """Start the controller; it takes up its jobs again unless it is told to begin afresh."""
        self._call("slurmctld", "-f", str(CONFIG), *(["-c"] if fresh else []))
        wait_for(lambda: self._ask("scontrol", "ping").returncode == 0, "starting the controller")

    def stop_controller(self) -> None:
        """Kill the controller without a warning, as a crash does."""
        pid = self._pid("slurmctld")
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            wait_for(lambda: pid not in running(), "ending the controller")

    def drain(self) -> None:
        """Take the node out of service: its jobs end, no new ones start."""
        self._call("scontrol", "update", "nodename=localhost", "state=drain", "reason=test")

    def down(self) -> None:
        """Take the node down: its jobs end with it."""
        self._call("scontrol", "update", "nodename=localhost", "state=down", "reason=test")

    def resume(self) -> None:
        """Bring the node back, where it has not come back by itself, as one does whose slurmd answers."""
        back = ("idle", "mixed", "allocated")
        if self.node_state() not in back:
            self._ask("scontrol", "update", "nodename=localhost", "state=resume")
        wait_for(lambda: self.node_state() in back, "bringing the node back")

    def empty(self) -> None:
        """Cancel all jobs and bring the node back."""
        self._ask("scancel", "--quiet", f"--user={getpass.getuser()}")
        wait_for(lambda: not self.jobs("PENDING", "RUNNING", "COMPLETING"), "cancelling all jobs")
        if self.node_state() != "idle":
            self.resume()

    def node_state(self) -> str:
        """State of the node as `sinfo` prints it, without flags."""
        return self._ask("sinfo", "--noheader", "--format=%T").stdout.strip().rstrip("*~#$@+")

    def jobs(self, *states: str) -> list[dict[str, str]]:
        """What `squeue` knows of the jobs, finished ones included."""
        fields = {
            "id": "%i",
            "state": "%T",
            "comment": "%k",
            "memory": "%m",
            "limit": "%l",
            "array": "%F",
            "cpus": "%C",
        }
        asked = ",".join(states) or "all"
        told = self._ask("squeue", "--noheader", f"--states={asked}", "--format=" + "|".join(fields.values())).stdout
        return [dict(zip(fields, line.split("|"), strict=True)) for line in told.splitlines()]

    def start_at_once(self) -> None:
        """Let jobs that SLURM put back into its queue start now, and not after the two minutes that it gives a node."""
        for job in self.jobs("PENDING"):
            self._ask("scontrol", "update", f"jobid={job['id']}", "starttime=now")

    def about(self, job_id: str) -> str:
        """All that SLURM tells of a job."""
        return self._ask("scontrol", "show", "job", job_id).stdout

    def cancel(self, *ids: str) -> None:
        """Cancel jobs, as an administrator would."""
        self._call("scancel", *ids)

    def _write(self) -> None:
        ETC.mkdir(parents=True, exist_ok=True)
        for name in ("state", "spool", "log", "run"):
            (self.base / name).mkdir(parents=True, exist_ok=True)
        self.base.chmod(0o755)
        (self.base / "owner").write_text(self.owner)
        controller, node = free_ports(2)
        lines = {
            "ClusterName": "one",
            "SlurmctldHost": "localhost(127.0.0.1)",
            "SlurmctldPort": controller,
            "SlurmdPort": node,
            "CommunicationParameters": "NoCtldInAddrAny,NoInAddrAny",
            "AuthType": "auth/munge",
            "AuthInfo": f"socket={self.base}/run/munge.socket",
            "SlurmUser": "root",
            "SlurmdUser": "root",
            "StateSaveLocation": self.base / "state",
            "SlurmdSpoolDir": self.base / "spool",
            "SlurmctldPidFile": self.base / "run/slurmctld.pid",
            "SlurmdPidFile": self.base / "run/slurmd.pid",
            "SlurmctldLogFile": self.base / "log/slurmctld.log",
            "SlurmdLogFile": self.base / "log/slurmd.log",
            "ProctrackType": "proctrack/linuxproc",
            "TaskPlugin": "task/none",
            "SelectType": "select/cons_tres",
            "SelectTypeParameters": "CR_Core_Memory",
            "DefMemPerCPU": 500,
            # Without cgroups SLURM itself looks at the memory of each step, every second, and kills what is too large.
            "JobAcctGatherType": "jobacct_gather/linux",
            "JobAcctGatherFrequency": "task=1",
            "JobAcctGatherParams": "OverMemoryKill",
            "AccountingStorageType": "accounting_storage/none",
            "JobCompType": "jobcomp/none",
            "MpiDefault": "none",
            "ReturnToService": 2,
            "MinJobAge": 600,
            "SchedulerParameters": "sched_min_interval=100000",
            "GresTypes": "gpu",
            "KillWait": 5,
        }
        node_line = f"NodeName=localhost NodeAddr=127.0.0.1 CPUs={self.cpus} RealMemory={self.memory_mb} Gres=gpu:1 State=UNKNOWN"
        partition = f"PartitionName={PARTITION} Nodes=localhost Default=YES MaxTime=INFINITE State=UP"
        text = [f"{MARK}{self.base}", *(f"{key}={value}" for key, value in lines.items()), node_line, partition]
        CONFIG.write_text("\n".join(text) + "\n")
        # A GPU needs a device file; with a count alone the node drains itself.
        GRES.write_text(f"{MARK}{self.base}\nNodeName=localhost Name=gpu File=/dev/null\n")

    def _start_munge(self) -> None:
        run, log = self.base / "run", self.base / "log"
        key = self.base / "munge" / "munge.key"
        key.parent.mkdir(mode=0o700)
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        munge_log = self.base / "munge" / "munged.log"
        for path in (key, key.parent, run):
            shutil.chown(path, "munge", "munge")
        options = {"socket": run / "munge.socket", "pid-file": run / "munged.pid", "log-file": munge_log}
        options |= {"seed-file": key.parent / "munged.seed", "key-file": key}
        self._call("runuser", "-u", "munge", "--", "munged", *(f"--{name}={path}" for name, path in options.items()))
        wait_for((run / "munge.socket").exists, "starting munge")
        log.chmod(0o755)

    def _pid(self, name: str) -> int | None:
        try:
            pid = int((self.base / "run" / f"{name}.pid").read_text())
        except (OSError, ValueError):
            return None
        return pid if running((name,)).get(pid) == name else None

    @staticmethod
    def _end(pid: int) -> None:
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.kill(pid, number)
                wait_for(lambda: pid not in running(), "ending a daemon", seconds=5)
            except ProcessLookupError:
                return
            except NoSlurm:
                continue
            return

    @staticmethod
    def _ask(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    def _call(self, *command: str) -> None:
        done = self._ask(*command)
        if done.returncode != 0:
            raise NoSlurm(f"{' '.join(command)} ended with {done.returncode}: {(done.stderr or done.stdout).strip()}")


def main() -> int:
    """Start or stop the node from a shell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=("start", "stop", "check"))
    parser.add_argument("--memory-mb", type=int, default=4000, help="memory of the node in MB (default: 4000)")
    parser.add_argument("--cpus", type=int, default=os.cpu_count() or 1, help="cores of the node (default: all)")
    options = parser.parse_args()
    try:
        if options.action == "check":
            reason = obstacle(install=True)
            print(f"no SLURM: {reason}" if reason else "a SLURM of one node can be started here")
            return int(reason is not None)
        if options.action == "start":
            base = Path(tempfile.mkdtemp(prefix="one-node-slurm-"))
            OneNodeSlurm(base, cpus=options.cpus, memory_mb=options.memory_mb).start()
            print(f"SLURM runs on localhost: partition {PARTITION}, one fake GPU, files under {base}")
        elif (base_or_none := our_base()) is None:
            print("no SLURM of ours runs here")
        else:
            OneNodeSlurm(base_or_none).stop()
            print("SLURM is stopped, and its files are removed")
    except NoSlurm as error:
        print(f"no SLURM: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
