"""The clock that tests have."""

import threading
import time

import pytest


def test_time_passes_for_the_test_and_not_by_threads_that_were_there(request: pytest.FixtureRequest) -> None:
    ended, woken = threading.Event(), threading.Event()

    def look() -> None:
        while not ended.is_set():
            time.sleep(0.001)
            woken.set()

    thread = threading.Thread(target=look)
    thread.start()
    try:
        clock = request.getfixturevalue("clock")
        woken.clear()
        assert woken.wait(10)
        time.sleep(300)
    finally:
        ended.set()
        thread.join()
    assert clock.sleeps == [300]
