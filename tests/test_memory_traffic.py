"""The benchmark of memory traffic, whose stored times lesson 15 shows."""

import json

import pytest

from adam_course import experiments


def test_the_speeds_of_the_lesson_are_in_the_order_that_it_tells():
    speed = experiments.load("memory_traffic")
    last = [times[-1] for times in speed["nanoseconds"].values()]
    assert last == sorted(last, reverse=True)
    assert all(len(times) == len(speed["sizes"]) for times in speed["nanoseconds"].values())
    assert len(speed["batches"]) == len(speed["layer_milliseconds"])


@pytest.mark.live
def test_the_ways_of_the_benchmark_take_the_same_step_and_have_the_stored_names():
    from benchmarks import memory_traffic

    found = memory_traffic.measure(sizes=(2**15 + 7,), batches=(1, 4), rounds=1)
    stored = experiments.load(memory_traffic.NAME)
    assert list(found) == list(stored)
    assert list(found["nanoseconds"]) == list(stored["nanoseconds"])
    json.dumps(found)
