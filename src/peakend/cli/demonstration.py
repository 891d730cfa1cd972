"""The demonstration: shipped real data in, every analysis run, reports in both languages out."""

from __future__ import annotations

from pathlib import Path

from peakend.cli.loading import drawn_load, print_load
from peakend.cli.running import drawn_progress, print_summary
from peakend.cli.speech import say, tell
from peakend.language import LANGUAGES, Text


def demonstrate(out: Path) -> bool:
    """Make a fresh warehouse and the reports in the folder `out`; whether every analysis went well."""
    from peakend.demo.shipped import SHIPPED
    from peakend.workspace import open_workspace

    out.mkdir(parents=True, exist_ok=True)
    file = _fresh(out / "demo.duckdb")
    with open_workspace(f"duckdb:///{file}") as workspace:
        for data in SHIPPED:
            with drawn_load() as loading:
                report = workspace.load(data.folder, progress=loading)
            tell(_with_source(data.title, data.attribution))
            print_load(report)
        with drawn_progress() as progress:
            ran = workspace.run(progress=progress)
        print_summary(ran)
        reports = [workspace.report(out / f"report-{language}.html", language) for language in LANGUAGES]
    tell(say("The warehouse:", "数据仓库："))
    tell(f"  duckdb:///{file}")
    tell(say("The reports, for a browser:", "报告（用浏览器打开）："))
    for path in reports:
        tell(f"  {path.resolve().as_uri()}")
    return not ran.failed


def _with_source(title: Text, source: Text) -> Text:
    # Inside brackets the sentence has no full stop of its own.
    return Text(f"{title.en} ({source.en.rstrip('.')})", f"{title.zh}（{source.zh.rstrip('。')}）")


def _fresh(file: Path) -> Path:
    for old in (file, file.with_name(f"{file.name}.wal")):
        old.unlink(missing_ok=True)
    return file.resolve()
