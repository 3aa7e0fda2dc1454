"""The page says what was found, and whether it is what was aimed at."""

from calibrate import live_page
from calibrate.cases import ALL, EQUAL, LOSSES
from calibrate.comparison import Case, Outcome
from calibrate.live import LiveOutcome
from calibrate.page import aims, page


def outcomes(failed: int, covered: int, metrics: tuple[str, ...] = ("roc_auc", "ece")) -> list[Outcome]:
    """A hundred."""
    return [
        Outcome(
            verdict="do-not-merge" if number < failed else "ready",
            covers=dict.fromkeys(metrics, number < covered),
            worse=["roc_auc"] if number < failed else [],
            alone=["roc_auc"] if number < failed + 3 else [],
            slices=0,
        )
        for number in range(100)
    ]


def found(**other: tuple[Case, list[Outcome]]) -> dict[Case, list[Outcome]]:
    return {case: outcomes(96 if case.is_loss else 4, 95) for case in ALL} | dict(other.values())


def lived(worse: int = 2, covered: int = 95) -> dict:
    """A hundred of each case."""
    one = [
        LiveOutcome("worse" if n < worse else "not-sure", dict.fromkeys(("roc_auc", "brier"), n < covered))
        for n in range(100)
    ]
    return dict.fromkeys(live_page.ALL, one)


def missed(found: dict) -> list[str]:
    return [aim.what for aim in aims(found) if not aim.is_met]


def test_what_is_as_aimed_at_is_met():
    assert not missed(found())
    assert "| **no** |" not in page(found(), lived())


def test_false_fails_missed_losses_and_wrong_coverage_are_missed_aims():
    assert missed(found(one=(EQUAL[0], outcomes(6, 95)))) == ["Equally good models, 400 rows: at most 5 % do not merge"]
    for covered in (92, 98):
        assert len(missed(found(one=(EQUAL[1], outcomes(4, covered))))) == 1
    assert missed(found(one=(LOSSES[-1], outcomes(89, 95)))) == [
        "Losses of two margins, 10,000 rows, true loss: at least 90 % caught"
    ]
    assert "| **no** |" in page(found(one=(EQUAL[0], outcomes(6, 95))), lived())


def test_each_case_has_its_shares_with_their_intervals():
    text = page(found(), lived())
    assert "| 400 rows | 4.0 (1.1–9.9) | 4.0 (1.1–9.9) | 0.0 (0.0–3.6) |" in text
    assert "7.0 (2.9–13.9) |" in text
    assert "| **`roc_auc`** | 95.0 (88.7–98.4) |" in text and "| `ece` | 95.0 (88.7–98.4) |" in text


def test_experiments_have_aims_of_their_own():
    assert not [aim for aim in live_page.aims(lived()) if not aim.is_met]
    for wrong in (lived(worse=6), lived(covered=92), lived(covered=98)):
        assert len([aim for aim in live_page.aims(wrong) if not aim.is_met]) == len(live_page.EQUAL)
        assert "| **no** |" in page(found(), wrong)


def test_experiments_have_their_shares():
    text = page(found(), lived())
    assert "| 4,000 rows of 800 units, 10 % of the traffic | 2.0 (0.2–7.0) | 0.0 (0.0–3.6) |" in text
    assert "14 looks |" in text
