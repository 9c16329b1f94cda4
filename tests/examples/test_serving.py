"""The example of a service: answers of the file, updates that all threads and processes see."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import skgru

pytest.importorskip("fastapi")
pytest.importorskip("httpx")
pytest.importorskip("fcntl")
testclient = pytest.importorskip("fastapi.testclient")

FOLDER = Path(__file__).parents[2] / "examples" / "serving"
MONTHS = pd.date_range("2016-01-01", periods=60, freq="MS", name="date")
SALES = pd.DataFrame({"sales": 100.0 + np.arange(60) % 12}, MONTHS)


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    path = tmp_path / "sales.skgru"
    forecaster = skgru.SequenceForecaster(pretrained="only", horizon=3, target="sales")
    skgru.save(forecaster.fit(SALES), path)
    return path


def row(at, value=100.0):
    return {"date": str((MONTHS[-1] + pd.DateOffset(months=at)).date()), "sales": value}


def test_forecasts_and_updates(path):
    import service

    client = testclient.TestClient(service.create_app(str(path)))
    answer = client.get("/forecast", params={"steps": 2, "coverage": 0.8}).json()
    expected = skgru.load(path).forecast_interval(2, 0.8, with_forecast=True)
    assert [one["date"] for one in answer["rows"]] == ["2021-01-01", "2021-02-01"]
    assert answer["rows"][1]["sales_upper"] == expected["sales_upper"].iloc[1]
    other = testclient.TestClient(service.create_app(str(path)))  # as another worker
    for n_new in (2, 0):  # the second time, both are known
        assert client.post("/rows", json=[row(1), row(2)]).json()["new_rows"] == n_new
    for one in (client, other):
        later = one.get("/forecast", params={"steps": 1}).json()
        assert later["rows"][0]["date"] == "2021-03-01"
        assert later["version"] != answer["version"]


def test_wrong_requests_change_nothing(path):
    import service

    client, before = testclient.TestClient(service.create_app(str(path))), path.read_bytes()
    for rows, words in [
        ([row(5)], "history"),
        ([{"sales": 1.0}], "'date'"),
        ([{**row(1), "sales": "many"}], "sales"),
    ]:
        answer = client.post("/rows", json=rows)
        assert answer.status_code == 422
        assert words in answer.json()["detail"]
    assert client.get("/forecast", params={"steps": 0}).status_code == 422
    assert path.read_bytes() == before


@pytest.mark.filterwarnings("ignore:X has no rows after")  # of the update that comes last
def test_each_answer_is_of_one_version(path):
    """While rows arrive, each answer begins right after the history of its version."""
    import service

    client = testclient.TestClient(service.create_app(str(path)))
    first_of = {}

    def ask(_):
        answer = client.get("/forecast", params={"steps": 1}).json()
        return answer["version"], answer["rows"][0]["date"]

    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(ask, range(60))
        updates = [pool.submit(client.post, "/rows", json=[row(1), row(2)]) for _ in range(1)]
        updates += [pool.submit(client.post, "/rows", json=[row(k) for k in range(1, 6)])]
        for version, date in answers:
            assert first_of.setdefault(version, date) == date
        assert all(one.result().status_code == 200 for one in updates)
    assert ask(0)[1] == "2021-06-01"


def test_no_tensorflow(path):
    code = (
        "import sys, service; from fastapi.testclient import TestClient; "
        "client = TestClient(service.create_app(sys.argv[1])); "
        "assert client.get('/forecast').status_code == 200; "
        "sys.exit('tensorflow' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, path], cwd=FOLDER, check=True)
