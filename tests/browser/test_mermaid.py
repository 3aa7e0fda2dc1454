"""Mermaid 10.9, as older GitHub servers have it, and 11 draw every chart that a report can bring: all points, no NaN.

11 is the one inside mermaidx; 10.9 comes from npm, once, into build/mermaid/.
"""

import base64
import hashlib
import html
import importlib.resources
import json
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from mlgitops.report.document import load
from mlgitops.report.sections.charts import charts
from mlgitops.report.sections.layout import Detail
from tests.browser.conftest import Browser
from tests.mlgitops.report.charted import AREAS, PRECISION, RELIABILITY, RESIDUALS, ROC, charted, history
from tests.mlgitops.report.strategies import reports
from tests.template import ROOT

pytestmark = pytest.mark.slow
CACHE = ROOT / "build" / "mermaid"
PACKAGE = "mermaid@10.9.8"
SHA512 = "gmIhmkmD/3DL5lErDV71E/cFUkEbBW4VTFpsJH1HSYjeBICRKOoc4AZem+RNz/FhhCXKBMZiD75bIfBlb2A4yA=="
BLOCK = re.compile(r"```mermaid\n(.*?)```", re.DOTALL)
REPORTS = 1000

# Writes down the version and, of each chart, the points of its lines; or what went wrong.
DRAW = """<!DOCTYPE html><meta charset="utf-8"><script src="{library}"></script>
<body><pre id="drawn"></pre><script>
(async () => {{
  const mermaid = globalThis.mermaid ?? globalThis.__esbuild_esm_mermaid_nm.mermaid.default;
  mermaid.initialize({{ startOnLoad: false }});
  const drawn = [(await mermaid.render("version", "info")).svg.match(/v([\\d.]+)</)[1]];
  for (const [n, chart] of {charts}.entries()) {{
    try {{
      const {{ svg }} = await mermaid.render(`chart-${{n}}`, chart);
      const lines = [...svg.matchAll(/class="line-plot-\\d+"><path d="([^"]*)"/g)];
      drawn.push(svg.includes("NaN") ? "NaN" : lines.map((line) => line[1].split("L").length));
    }} catch (error) {{
      drawn.push(String(error));
    }}
  }}
  document.getElementById("drawn").textContent = JSON.stringify(drawn);
}})();
</script>"""


def newest() -> Path:
    """Mermaid 11, as it lies in the package."""
    return Path(str(importlib.resources.files("mermaidx"))) / "assets" / "mermaid.js"


def older() -> Path:
    """Mermaid 10.9 out of npm's archive, whose hash is known."""
    library = CACHE / "package" / "dist" / "mermaid.min.js"
    if not library.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        if shutil.which("npm") is None:
            pytest.skip("no npm to fetch Mermaid 10.9 with")
        packed = subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=CACHE, capture_output=True, text=True)
        if packed.returncode:
            pytest.skip(f"npm could not fetch {PACKAGE}: {packed.stderr.strip()[-200:]}")
        archive = CACHE / packed.stdout.strip().splitlines()[-1]
        assert base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() == SHA512
        with tarfile.open(archive) as files:
            files.extract("package/dist/mermaid.min.js", CACHE, filter="data")
    return library


@pytest.fixture(scope="module")
def blocks() -> list[str]:
    """The charts of real shapes, and those of a thousand hostile reports."""
    real = [charted(RELIABILITY, PRECISION, merges=history(AREAS)), charted(ROC, RESIDUALS, merges=history(AREAS * 2))]
    found = [block for report in real for block in BLOCK.findall(charts(report, Detail()))]

    @settings(max_examples=REPORTS, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(reports())
    def collect(report: dict) -> None:
        parsed = load(json.dumps(report).encode())
        found.extend(block for each in (parsed, *parsed.others) for block in BLOCK.findall(charts(each, Detail())))

    collect()
    return found


@pytest.mark.parametrize(("library", "version"), [(older, "10.9."), (newest, "11.")])
def test_every_chart_is_drawn_with_all_its_points(browser: Browser, blocks, library, version, tmp_path: Path):
    page = tmp_path / "draw.html"
    given = json.dumps(blocks).replace("<", "\\u003c")
    page.write_text(DRAW.format(library=library().as_uri(), charts=given), encoding="utf-8")
    shown = browser.open(page.as_uri(), "--dump-dom", "--virtual-time-budget=600000")
    drawn_by, *drawn = json.loads(html.unescape(re.search(r'<pre id="drawn">(.*?)</pre>', shown, re.DOTALL)[1]))
    assert drawn_by.startswith(version)
    points = [[line.count(",") + 1 for line in re.findall(r"    line \[(.*)\]", block)] for block in blocks]
    assert [found for found in zip(blocks, points, drawn, strict=True) if found[1] != found[2]] == []
    assert len(blocks) > REPORTS / 10
