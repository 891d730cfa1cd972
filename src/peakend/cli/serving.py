"""`serve`, `worker` and `site`: the operational site."""

from __future__ import annotations

from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from peakend.cli.speech import both, say, tell
from peakend.errors import PeakendError
from peakend.language import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="FOLDER",
        envvar="PEAKEND_HOME",
        help=both(
            "Folder of the site: database, photos, key; peakend-site otherwise.",
            "站点文件夹：数据库、照片、密钥；默认为 peakend-site。",
        ),
    ),
]


class SitePartsMissingError(PeakendError):
    """Peakend was installed without what the site needs."""

    code = "cli.site_parts_missing"


class DemoIsPrivateError(PeakendError):
    """The demonstration's passwords are known to everybody."""

    code = "cli.demo_is_private"


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `app`."""
    panel = both("Site", "站点")
    app.command(
        "serve",
        rich_help_panel=panel,
        help=both("Start the site where customers answer and staff act.", "启动站点：客户作答，员工处理。"),
    )(serve)
    app.command(
        "worker",
        rich_help_panel=panel,
        help=both(
            "Run what the site does by itself: sending, escalating, bringing answers to the warehouse.",
            "运行站点的后台任务：发送、升级、把应答写入数据仓库。",
        ),
    )(worker)
    group = typer.Typer(no_args_is_help=True, help=both("Look after a site.", "维护站点。"))
    group.command("migrate", help=both("Bring the site's tables up to date.", "更新站点的数据表。"))(migrate)
    group.command(
        "audit",
        help=both(
            "Verify the chain of the audit: nothing changed, removed or slipped in.",
            "校验审计链：没有被改动、删除或插入。",
        ),
    )(audit)
    app.add_typer(group, name="site", rich_help_panel=panel)


def serve(
    host: Annotated[
        str, typer.Option("--host", help=both("Address to listen on.", "监听的地址。"))
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=1, max=65535, help=both("Port to listen on.", "监听的端口。"))
    ] = 8000,
    home: HomeOption = None,
    demo: Annotated[
        bool,
        typer.Option(
            "--demo",
            help=both(
                "Fill the site with a company one can play with; for this machine only.",
                "填入一家可供试用的公司；仅限本机。",
            ),
        ),
    ] = False,
    processes: Annotated[
        int, typer.Option("--processes", min=1, help=both("Web processes.", "网页进程数。"))
    ] = 2,
    with_worker: Annotated[
        bool,
        typer.Option(
            "--worker/--no-worker",
            help=both("Whether the worker runs beside it.", "是否同时运行后台任务。"),
        ),
    ] = True,
) -> None:
    """Start the site; the first visitor with the code that is printed becomes its administrator."""
    if demo and host not in ("127.0.0.1", "localhost", "::1"):
        raise DemoIsPrivateError(
            Text("The demonstration's passwords are public.", "演示站点的密码是公开的。"),
            Text(
                "Serve it on 127.0.0.1 only, or start a site of your own without --demo.",
                "请只在 127.0.0.1 上启动，或去掉 `--demo` 启动自己的站点。",
            ),
        )
    with _site(home or (Path("peakend-demo-site") if demo else None), counting=True):
        from peakend.server.serving import Serving, migrate, serve

        serving = Serving(host=host, port=port, processes=processes, worker=with_worker)
        migrate()
        if demo:
            _fill()
        serve(serving, lambda: _greet(serving.url, demo=demo))


def worker(
    home: HomeOption = None,
    once: Annotated[
        bool,
        typer.Option("--once", help=both("Do what is due now, then end.", "处理完目前到期的任务后结束。")),
    ] = False,
) -> None:
    """Run the sweeps until told to end. Several may run at once; a killed one loses nothing."""
    with _site(home):
        from peakend.server.work.worker import run, run_once

        if once:
            settled = run_once()
            tell(say(f"Settled {settled} rows.", f"已处理 {settled} 行。"))
        else:
            run()


def migrate(home: HomeOption = None) -> None:
    """Bring the tables up to date; `serve` does it by itself."""
    with _site(home):
        from peakend.server.serving import migrate as bring_up_to_date

        bring_up_to_date()
    tell(say("The tables are up to date.", "数据表已是最新。"))


def audit(home: HomeOption = None) -> None:
    """Walk the chain; exits with 1 where it is broken."""
    with _site(home):
        from peakend.server.acting.audit import verify

        found = verify()
    if found.broken_at is not None:
        tell(
            say(
                f"The audit is broken at entry {found.broken_at}, after {found.entries} that hold.",
                f"审计链在第 {found.broken_at} 条断开，此前 {found.entries} 条完好。",
            )
        )
        raise typer.Exit(1)
    tell(say(f"All {found.entries} entries hold.", f"全部 {found.entries} 条完好。"))
    tell(say(f"Head: {found.head}", f"链头：{found.head}"))


@contextmanager
def _site(home: Path | None, *, counting: bool = False) -> Iterator[None]:
    if find_spec("django") is None or find_spec("ninja") is None:
        raise SitePartsMissingError(
            Text(
                "Peakend was installed without the parts of the site.", "安装的 Peakend 不含站点所需的组件。"
            ),
            Text("Install them: pip install 'peakend[server]'", "请安装：pip install 'peakend[server]'"),
        )
    from peakend.server.serving import begin

    begin(home, counting=counting)
    yield


def _fill() -> None:
    from peakend.server.demonstration import fill

    tell(say("Filling the demonstration …", "正在填入演示数据……"))
    for line in fill():
        tell(line)


def _greet(url: str, *, demo: bool) -> None:
    from peakend.server.people.first_run import setup_code

    tell(say(f"Peakend serves at {url}", f"Peakend 站点已启动：{url}"))
    code = None if demo else setup_code()
    if code:
        tell(
            say(
                f"Make yourself its administrator: {url}/first-run/?code={code}",
                f"请创建管理员：{url}/first-run/?code={code}",
            )
        )
    tell(say("Ctrl-C ends it.", "按 Ctrl-C 结束。"))
