"""What a site keeps when it is killed, told twice, locked out, full or without its database.

    python bench/site_faults.py [--submissions 10000] [--faults kill,twice,locked,full,restart]
                                [--database sqlite,postgres] [--clients 8] [--seed 1] [--minutes 20] [--json]

Customers on pages and programs on the API answer from `--clients` connections at once; one in four is a
detractor. Each sends the same again until it is told that it arrived. Meanwhile:

- `kill`: kill -9 of a web process, of the whole web server and of the worker, at random moments;
- `twice`: everything is sent twice at the same moment;
- `locked`: another process holds SQLite's write lock for 5 seconds, then for longer than anybody waits;
- `full`: the disk is full (a small one, or a limit on files where none may be mounted), then has room again;
- `restart`: PostgreSQL is killed and cut off and started again.

Afterwards every acknowledged answer must be there once and nothing else, every detractor must have one case,
every event must have reached the webhook with one id, boards and warehouse must hold exactly what the site
holds, the audit must be whole, and nobody may have seen a fault of ours (500).
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import measure
from site_clients import Clients, Receiver, sendings
from site_running import Postgres, Site, site, small_disk

if TYPE_CHECKING:
    from collections.abc import Callable

FAULTS = ("kill", "twice", "locked", "full", "restart")


@dataclass
class Trial:
    """One fault on one database, while it runs and what came of it."""

    fault: str
    database: str
    asked: argparse.Namespace
    figures: dict[str, Any] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def run(self, folder: Path, server: Postgres | None) -> Trial:
        """Everything, and the processes ended whatever happens."""
        with contextlib.ExitStack() as stack:
            disk = folder
            if self.fault == "full":
                mounted = stack.enter_context(small_disk(folder / "disk", 40))
                self.figures["disk"] = "small" if mounted else "limited files"
                disk = mounted or folder
            receiver = Receiver()
            stack.callback(receiver.close)
            one = stack.enter_context(site(disk, server, logs=folder))
            count = self.asked.submissions
            made = one.ask("prepare", sent={"places": max(20, count // 100), "webhook": receiver.url})
            one.start("web")
            one.start("worker")
            one.wait_ready()
            watching = one.supervise()
            clients = Clients(
                one.port,
                made["token"],
                time.monotonic() + self.asked.minutes * 60,
                twice=self.fault == "twice",
            )
            trouble = threading.Thread(target=self._guarded, args=(one, server, clients, folder), daemon=True)
            trouble.start()
            seconds = clients.send(sendings(count, made["places"], self.asked.seed), self.asked.clients)
            self.done.set()
            trouble.join(120)
            one.wanted = False
            watching.join(10)
            self._ended(one)
            self._judge(one, clients, receiver, count, seconds)
        return self

    def _guarded(self, one: Site, server: Postgres | None, clients: Clients, folder: Path) -> None:
        """The trouble of this fault; what goes wrong with it is a fault of the bench, and told."""
        trouble: dict[str, Callable[[], None]] = {
            "kill": lambda: self._kill(one, clients.met),
            "twice": lambda: None,
            "locked": lambda: self._lock(one, clients.met),
            "full": lambda: self._fill(one, folder, clients.met),
            "restart": lambda: self._restart(server, clients.met),
        }
        try:
            trouble[self.fault]()
        except Exception as error:  # noqa: BLE001 - told below
            self.broken.append(f"the bench itself: {error!r}")
        finally:
            clients.met.set()

    def _kill(self, one: Site, met: threading.Event) -> None:
        chance = random.Random(self.asked.seed)
        kills: Counter[str] = Counter()
        for _ in range(self.asked.kills):
            # Killed while it starts, it would only start again.
            one.wait_ready()
            if self.done.wait(chance.uniform(0.1, self.asked.pause)):
                break
            what = chance.choices(("web process", "web server", "worker"), (5, 2, 3))[0]
            if what == "web process":
                kills[what] += one.kill_child(chance)
            else:
                one.kill("worker" if what == "worker" else "web")
                kills[what] += 1
            self.figures["kills"] = dict(kills)
            met.set()

    def _lock(self, one: Site, met: threading.Event) -> None:
        held = []
        for seconds in (5.0, self.asked.locked):
            if self.done.wait(1.0):
                break
            link = sqlite3.connect(one.home / "site.sqlite3", timeout=60, isolation_level=None)
            link.execute("begin immediate")
            met.set()
            time.sleep(seconds)
            link.execute("rollback")
            link.close()
            held.append(seconds)
        self.figures["held"] = held

    def _fill(self, one: Site, folder: Path, met: threading.Event) -> None:
        self.done.wait(1.0)
        ballast = folder / "disk" / "ballast"
        mounted = self.figures["disk"] == "small"
        if mounted:
            with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
                while file.write(b"\0" * 65_536):
                    pass
        else:
            one.limit_files(1)
        met.set()
        readiness = []
        for _ in range(6):
            time.sleep(1.0)
            readiness.append(_ready(one.port))
        self.figures["ready while full"] = sorted(set(readiness))
        if mounted:
            ballast.unlink()
        else:
            one.limit_files()
        if "200" in readiness[1:]:
            self.broken.append(f"readiness does not say that the disk is full: {readiness}")

    def _restart(self, server: Postgres | None, met: threading.Event) -> None:
        assert server is not None
        chance, times = random.Random(self.asked.seed), 0
        while times < self.asked.kills and not self.done.wait(chance.uniform(0.5, self.asked.pause * 2)):
            server.stop(chance.choice((signal.SIGQUIT, signal.SIGINT)))
            met.set()
            time.sleep(chance.uniform(0.2, 2.0))
            server.start()
            times += 1
            self.figures["restarts"] = times

    def _ended(self, one: Site) -> None:
        """End web and worker in order, where they still run."""
        for name in ("worker", "web"):
            if name in one.running and one.running[name].poll() is None:
                try:
                    self.figures[f"{name} ended in"] = round(one.end(name), 1)
                except Exception as error:  # noqa: BLE001 - a finding
                    self.broken.append(f"{name} does not end: {error}")
                    one.kill(name)

    def _judge(self, one: Site, clients: Clients, receiver: Receiver, count: int, seconds: float) -> None:
        began = time.monotonic()
        found = one.ask(
            "prove",
            sent={"acknowledged": clients.acknowledged, "webhook": receiver.url},
            seconds=self.asked.minutes * 60,
        )
        if len(clients.acknowledged) != count:
            self.broken.append(f"{count} sent, {len(clients.acknowledged)} acknowledged in time")
        self.broken += clients.wrong[:10]
        self.broken += [f"not told when to try again: {one}" for one in clients.statuses if "without" in one]
        self.broken += found["faults"]
        heard = receiver.heard
        for key, name, subject in found["events"]:
            if key not in heard:
                self.broken.append(f"no webhook heard of {name} {subject}")
        known = {key: (name, subject) for key, name, subject in found["events"]}
        strange = [key for key, arrivals in heard.items() if set(arrivals) != {known.get(key)}]
        if strange:
            self.broken.append(f"{len(strange)} webhook ids stand for something else")
        self.broken = self.broken[:30]
        self.figures |= {
            "submissions": count,
            "seconds": round(seconds, 1),
            "a second": round(count / seconds, 1),
            "retries": clients.retries,
            "statuses": dict(clients.statuses.most_common()),
            "slowest, s": round(clients.slowest, 1),
            "cases": found["cases"],
            "events": len(known),
            "heard more than once": sum(len(arrivals) > 1 for arrivals in heard.values()),
            "tries": found["tries"],
            "audit entries": found["audit"],
            "starts": one.starts,
            "proof, s": round(time.monotonic() - began, 1),
            "tracebacks": one.tracebacks(),
        }

    def tell(self) -> None:
        """The figures, and what does not hold."""
        print(f"\n### {self.fault}, {self.database}\n")
        for name, value in self.figures.items():
            print(f"- {name}: {value}")
        for sentence in self.broken:
            print(f"- BROKEN: {sentence}")
        sys.stdout.flush()


def _ready(port: int) -> str:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=25)
    try:
        link.request("GET", "/health/ready")
        return str(link.getresponse().status)
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__
    finally:
        link.close()


def main() -> None:
    """Try every fault on every database; exit 1 where something does not hold."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--submissions", type=int, default=10_000)
    parser.add_argument("--faults", default=",".join(FAULTS))
    parser.add_argument("--database", default="sqlite,postgres")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pause", type=float, default=4.0, help="longest between two kills, in seconds")
    parser.add_argument("--kills", type=int, default=100, help="no more than so many")
    parser.add_argument("--locked", type=float, default=25.0, help="seconds of the second lock")
    parser.add_argument("--minutes", type=float, default=20.0, help="nothing takes longer")
    parser.add_argument("--keep", action="store_true", help="leave the folder of every trial")
    parser.add_argument("--json", action="store_true", help="a line of JSON for every trial, at the end")
    asked = parser.parse_args()
    # Ended from outside, everything started is ended too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    trials = []
    for database in asked.database.split(","):
        for fault in asked.faults.split(","):
            # PostgreSQL locks rows, not the file; and a cluster on a full disk is its operator's to mend.
            if fault in {"sqlite": ("restart",), "postgres": ("locked", "full")}[database]:
                continue
            trials.append(_tried(Trial(fault, database, asked)))
            trials[-1].tell()
    if asked.json:
        for trial in trials:
            print(json.dumps({"fault": trial.fault, "database": trial.database, **trial.figures}))
    measure.judge([f"{one.fault} on {one.database}: {said}" for one in trials for said in one.broken])


def _tried(trial: Trial) -> Trial:
    folder = Path(tempfile.mkdtemp(prefix="peakend-faults-"))
    folder.chmod(0o755)
    server = None
    try:
        if trial.database == "postgres":
            server = Postgres(folder / "pg")
            server.start()
        return trial.run(folder, server)
    finally:
        if server is not None:
            server.stop()
        if trial.asked.keep:
            print(f"kept: {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
