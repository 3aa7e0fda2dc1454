"""Each part of the benchmark writes its own section, and says what it measured."""

from bench import resampling
from bench.__main__ import with_section
from bench.measure import Sample

PAGE = "# Benchmarks\n\nWritten.\n\n## A\n\nold a\n\n## B\n\nold b\n"


def test_a_section_takes_the_place_of_the_one_of_its_heading():
    assert with_section(PAGE, "## A\n\nnew\n") == PAGE.replace("old a", "new")
    assert with_section(PAGE, "## B\n\nnew\n") == PAGE.replace("old b", "new")


def test_a_section_without_a_place_comes_last():
    assert with_section(PAGE, "## C\n\nc\n") == PAGE + "\n## C\n\nc\n"


def test_ratios_are_those_of_each_pair():
    ours, theirs = (
        [Sample(1.0, 2.0, 0.1)] * 3,
        [Sample(50.0, 40.0, 0.2), Sample(70.0, 60.0, 0.2), Sample(90.0, 80.0, 0.2)],
    )
    samples = dict.fromkeys(resampling.PAIRS, theirs)
    samples |= {f"mlgitops beside {name}": ours for name in resampling.PAIRS}
    samples |= {f"{rows:,} rows": ours for rows in resampling.SIZES}
    text = resampling.section(samples, "2 cores")
    assert "| scikit-learn | 20,000 | 6 | 70.0 | 1.00 | **70×** | **30×** |" in text
    assert "| 200,000 rows | 1.00 | 2.00 | 0.10 |" in text and "4.0, 2.0 and 1.0" in text
