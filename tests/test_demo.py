"""The demo's tables, pictures and one-line errors."""

import re
import sys

import pytest

from skgru import demo


def refused(capsys, *options):
    """Run the demo with options that it must refuse; return the line it prints."""
    with pytest.raises(SystemExit) as exit_:
        demo.main(list(options))
    assert exit_.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    return printed.err.removesuffix("\n")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--epochs", "0"], "argument --epochs: '0' is not an integer from 1 to 4294967295"),
        (["--epochs", "few"], "argument --epochs: 'few' is not an integer from 1 to 4294967295"),
        (
            ["--random-state", "-1"],
            "argument --random-state: '-1' is not an integer from 0 to 4294967295",
        ),
        (["--colour"], "unrecognized arguments: --colour"),
    ],
)
def test_bad_options_end_with_one_line(capsys, options, message):
    assert refused(capsys, *options) == f"python -m skgru.demo: error: {message}"


def test_an_unknown_job_ends_with_one_line(capsys):
    assert "argument --job: invalid choice: 'cosine'" in refused(capsys, "--job", "cosine")


def test_an_output_that_is_a_file_ends_with_one_line(capsys, tmp_path):
    file = tmp_path / "taken"
    file.write_text("")
    assert refused(capsys, "--output", str(file)) == (
        f"python -m skgru.demo: error: --output {file}: cannot write there (File exists)"
    )


def test_without_matplotlib_the_line_names_the_remedy(capsys, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert refused(capsys, "--output", str(tmp_path)) == (
        "python -m skgru.demo: error: matplotlib is not installed: pip install 'skgru[plot]'"
    )


def test_sunspots_are_never_negative():
    job = demo.sunspots_job(epochs=1, random_state=0)
    result = demo.run(job)
    assert min(result.forecast.min(), result.predictions.min()) >= 0


def test_each_job_prints_its_table_and_saves_its_picture(capsys, tmp_path):
    demo.main(["--output", str(tmp_path), "--epochs", "1"])
    printed = capsys.readouterr().out
    sine, sunspots, passengers = printed.split("\n\n")[:3]
    for line in ["rows 1000", "windows 792 to train, 198 to test (the last 20 %)"]:
        assert line in re.sub(" +", " ", sine)
    for line in ["rows 309", "windows 229 to train, 58 to test (the last 20 %)"]:
        assert line in re.sub(" +", " ", sunspots)
    for name, block in {"sine": sine, "sunspots": sunspots}.items():
        picture = tmp_path / f"{name}.png"
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert re.search(rf"picture +{re.escape(str(picture))}", block)
        for label in [
            "training time",
            "loss on the last 20 %",
            "last value repeated",
            "next value",
        ]:
            assert label in block
    assert "value 11 rows before" in sunspots
    assert (tmp_path / "passengers.png").read_bytes().startswith(b"\x89PNG")
    for label in ["144 months, the last 12 to test", "80 % intervals hold", "next value"]:
        assert label in passengers
