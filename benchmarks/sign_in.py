"""Whether the time of an answer tells that an account exists: 500 wrong passwords of each kind."""

from math import exp, sqrt
from statistics import median
from time import perf_counter

from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from benchmarks.row import Row
from config.demo.personas import BY_SLUG, person_of

ROUNDS = 500
# Below this, two samples come from different distributions (Kolmogorov and Smirnov, two-sided).
DIFFERENT_BELOW = 0.01


def run() -> list[Row]:
    known = person_of(BY_SLUG["amara.okafor"])
    if known is None:
        raise RuntimeError("amara.okafor is not in this demonstration.")
    addresses = (known.email, "nobody.at.all@waymark.example")
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(ROUNDS):
        # By turns who is first, so that what warms up for one warms up for both.
        for which in (0, 1) if number % 2 else (1, 0):
            times[which].append(_milliseconds(addresses[which]))
    p = same_distribution(*times)
    told = "told apart" if p < DIFFERENT_BELOW else "not told apart"
    ratio = median(times[0]) / median(times[1])
    return [
        Row(
            f"A wrong password, {ROUNDS} times each: p = {p:.3f}, {told}",
            f"{median(times[0]):.1f} ms",
            f"{median(times[1]):.1f} ms",
            ratio,
        )
    ]


def _milliseconds(address: str) -> float:
    # The limits on guessing would answer the sixth try without looking at it.
    cache.clear()
    client = Client()
    typed = {"login": address, "password": "not the password"}
    with transaction.atomic():
        began = perf_counter()
        response = client.post(reverse("account_login"), typed, headers={"host": "localhost"})
        took = (perf_counter() - began) * 1000
        transaction.set_rollback(True)
    if response.status_code not in {200, 422}:
        raise RuntimeError(f"Signing in answered {response.status_code}.")
    return took


def same_distribution(first: list[float], second: list[float]) -> float:
    """Return the p-value of the two-sample Kolmogorov-Smirnov test, by its asymptotic series.

    Source: Hodges, "The significance probability of the Smirnov two-sample test" (1958). Good from
    about 50 values of each.
    """
    ordered = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    below = [0, 0]
    furthest = 0.0
    for value, (at, which) in zip([*ordered[1:], (None, 0)], ordered, strict=True):
        below[which] += 1
        if value[0] != at:
            apart = abs(below[0] / len(first) - below[1] / len(second))
            furthest = max(furthest, apart)
    effective = sqrt(len(first) * len(second) / (len(first) + len(second)))
    scaled = (effective + 0.12 + 0.11 / effective) * furthest
    if scaled < 0.2:
        return 1.0
    series = sum((-1) ** (k - 1) * exp(-2 * k * k * scaled * scaled) for k in range(1, 101))
    return min(1.0, max(0.0, 2 * series))
