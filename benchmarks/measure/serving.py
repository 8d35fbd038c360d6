"""`http` and `threads`: real servers under wrk, rounds interleaved.

Each round starts every server anew, asks it every question, and ends it: a disturbance
of the machine falls on all alike, nothing idles beside what is measured, and the
spread contains what differs from one start of a process to the next.
"""

import os
from dataclasses import dataclass

from measure.cpu import memory_of
from measure.load import BadLoad, load
from measure.outcome import Outcome
from measure.questions import Question, WrongAnswer, check
from measure.roster import Peer
from measure.server import NotStarted, Server, serving

__all__ = ["Bench", "measure_peers"]


@dataclass(frozen=True, slots=True)
class Bench:
    """How long, how often, and on which cores."""

    rounds: int = 3
    seconds: float = 2.0
    warm: float = 1.0
    server_core: int = 0
    client_core: int = 1


def measure_peers(
    name: str, peers: list[Peer], questions: list[Question], bench: Bench
) -> Outcome:
    """Measure all peers, round by round; what fails is noted and left out."""
    os.sched_setaffinity(0, {bench.client_core})
    outcome = Outcome(name)
    for peer in peers:
        outcome.rows[peer.label] = {
            "family": peer.family,
            "server": peer.server,
            "protocol": peer.protocol,
            "style": peer.style,
        }
    for number in range(1, bench.rounds + 1):
        print(f"round {number} of {bench.rounds}")
        for peer in peers:
            if peer.label not in outcome.failures:
                measure_round(outcome, peer, questions, bench)
    for label in [label for label in outcome.rows if not has_cells(outcome, label)]:
        del outcome.rows[label]
    return outcome


def has_cells(outcome: Outcome, label: str) -> bool:
    """Say whether anything was measured of a row."""
    return any(owner == label for owner, _ in outcome.cells)


def measure_round(
    outcome: Outcome, peer: Peer, questions: list[Question], bench: Bench
) -> None:
    """Serve one peer once and ask it everything."""
    try:
        with serving(peer, bench.server_core) as server:
            asked = [each for each in questions if answers(peer, each)]
            check(server.port, asked)
            measure_server(outcome, peer, server, asked, bench)
    except (NotStarted, WrongAnswer, BadLoad, OSError) as error:
        outcome.fail(peer.label, f"{type(error).__name__}: {error}")


def answers(peer: Peer, question: Question) -> bool:
    """Say whether a peer has this route: who runs on the loop must not block it."""
    return not (question.name == "sleep" and peer.note == "inline")


def measure_server(
    outcome: Outcome,
    peer: Peer,
    server: Server,
    questions: list[Question],
    bench: Bench,
) -> None:
    """Warm and time each question on a running server; then weigh it."""
    shown = []
    for question in questions:
        if bench.warm:
            load(server, question, bench.warm, bench.client_core)
        reading = load(server, question, bench.seconds, bench.client_core)
        outcome.add(peer.label, question.name, reading.micros)
        outcome.add(peer.label, f"{question.name} rate", reading.rate)
        shown.append(f"{question.name} {reading.micros:.1f} us")
    outcome.add(peer.label, "memory", memory_of(server.group))
    print(f"  {peer.label:32} {'  '.join(shown)}")
