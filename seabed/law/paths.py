"""From where an applicant stands to an instrument: the steps of a procedure, and where it is closed.

What is done shows from what is held and from the registers. What closes a path is what bars its instrument,
or a prohibition: a path never says anything that the verdict does not rest on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seabed.contract import Duty, Path, PathStep, StepState
from seabed.language import _, aside, pick, sentences
from seabed.law.engine import held_fact, is_open
from seabed.law.logic import Is, Truth, evaluate, facts_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from seabed.contract import Instrument
    from seabed.law.engine import Program, Run
    from seabed.law.logic import Condition
    from seabed.law.registers import Reached
    from seabed.law.rules import LegalPath, LegalStep

#: The strictest first; of several spots, a step has the state of the one where it is furthest from done.
_STRICTNESS = (StepState.CLOSED, StepState.UNKNOWN, StepState.OPEN, StepState.DONE)


@dataclass(frozen=True)
class Footing:
    """Where an applicant stands at one spot.

    ``needed`` are the instruments that are or may be required there, ``stages`` how far the procedure for
    each has come, ``prohibited`` whether the activity is prohibited whatever is held, and by what.
    """

    run: Run
    needed: Mapping[str, Instrument]
    stages: Mapping[str, Mapping[str, Reached]]
    prohibited: Truth
    prohibiting: Sequence[Duty]


def paths_to(program: Program, footings: Iterable[Footing]) -> list[Path]:
    """Return the path to each instrument needed at any of the spots, merged over the spots."""
    found: dict[str, tuple[LegalPath, Path]] = {}
    for footing in footings:
        for name in footing.needed:
            legal = _path_for(name, program, footing)
            if legal is None:
                continue
            path = _follow(legal, program, footing)
            found[legal.id] = (legal, _merged(legal, found[legal.id][1], path) if legal.id in found else path)
    paths = [path for _, path in found.values()]
    for path in paths:
        first = next((step for step in path.steps if step.state is not StepState.DONE), None)
        if first and first.state is StepState.OPEN:
            first.state = StepState.NEXT
    return paths


def _path_for(instrument: str, program: Program, footing: Footing) -> LegalPath | None:
    """Choose the first path in force that leads to an instrument and that nothing known rules out."""
    return next(
        (
            legal
            for legal in program.book.paths
            if legal.order == program.order
            and legal.leads_to == instrument
            and legal.in_force.covers(program.on)
            and evaluate(legal.when, footing.run.facts) is not Truth.FALSE
        ),
        None,
    )


def _follow(legal: LegalPath, program: Program, footing: Footing) -> Path:
    """Say of each step of a path how far it has been taken at one spot."""
    steps = [
        step
        for step in legal.steps
        if (step.in_force is None or step.in_force.covers(program.on))
        and evaluate(step.when, footing.run.facts) is not Truth.FALSE
    ]
    taken: list[PathStep] = []
    may_close = True
    met: set[str] = set()
    for step, done in zip(steps, _done(steps, legal, footing), strict=True):
        state, why = StepState.OPEN, list[Duty]()
        if done is Truth.TRUE:
            state, why = StepState.DONE, _evidence(step, legal, footing)
        elif done is Truth.UNKNOWN:
            state, why = StepState.UNKNOWN, _not_known(step, legal, program, footing)
        elif may_close:
            is_first = all(earlier.state is StepState.DONE for earlier in taken)
            state, why = _obstacle(step, footing, met, is_first=is_first)
            may_close = state is not StepState.CLOSED
        taken.append(
            PathStep(
                id=step.id,
                title=pick(step.title),
                authority=_(step.authority),
                cite=step.cite,
                time=pick(step.time) if step.time else None,
                state=state,
                why=why,
            )
        )
    open_ = sentences(_questions(legal.when, program, footing.run))
    title = aside(pick(legal.title), _("open: {questions}").format(questions=open_) if open_ else "")
    return Path(id=legal.id, leads_to=legal.leads_to, title=title, steps=taken)


# --- What is done -------------------------------------------------------------------------------------------


def _done(steps: Sequence[LegalStep], legal: LegalPath, footing: Footing) -> list[Truth]:
    """Say of each step whether it is done.

    A later step done shows that those before it were, as far back as one that yields an instrument: whether
    that is held is a question of its own. What comes after the instrument is in no register.
    """
    later = Truth.FALSE
    found: list[Truth] = []
    for step in reversed(steps):
        own = _own_evidence(step, legal, footing)
        if step.yields:
            later = own
        elif _comes_after(step, legal):
            later = own | _truth_held(legal.leads_to, footing) & Truth.UNKNOWN
        else:
            later |= own
        found.append(later)
    return found[::-1]


def _own_evidence(step: LegalStep, legal: LegalPath, footing: Footing) -> Truth:
    if step.yields:
        return _truth_held(step.yields, footing)
    if step.done_when is not None:
        return evaluate(step.done_when, footing.run.facts)
    reached = _reached(step, legal, footing)
    return reached.truth if reached else Truth.FALSE


def _comes_after(step: LegalStep, legal: LegalPath) -> bool:
    """Say whether a step is taken once the instrument is held."""
    return any(s.yields == legal.leads_to for s in legal.steps[: legal.steps.index(step)])


def _truth_held(instrument: str, footing: Footing) -> Truth:
    return evaluate(Is(held_fact(instrument), frozenset({True})), footing.run.facts)


def _reached(step: LegalStep, legal: LegalPath, footing: Footing) -> Reached | None:
    stages = footing.stages.get(legal.leads_to, {})
    return stages.get(step.stage) if step.stage else None


def _evidence(step: LegalStep, legal: LegalPath, footing: Footing) -> list[Duty]:
    reached = _reached(step, legal, footing)
    if reached is None or reached.truth is not Truth.TRUE:
        return []
    return [Duty(text=_("Done {when}.").format(when=reached.words), cite=reached.source, rule=legal.id)]


def _not_known(step: LegalStep, legal: LegalPath, program: Program, footing: Footing) -> list[Duty]:
    reached = _reached(step, legal, footing)
    if reached and reached.truth is Truth.UNKNOWN:
        return [
            Duty(
                text=_("Perhaps done {when}.").format(when=reached.words), cite=reached.source, rule=legal.id
            )
        ]
    asked = Is(held_fact(step.yields), frozenset({True})) if step.yields else step.done_when
    if asked is None:
        text = _("Whether this has been done is in no register.")
        return [Duty(text=text, cite=step.cite, rule=legal.id)] if _comes_after(step, legal) else []
    return [
        Duty(text=question, cite=step.cite, rule=legal.id)
        for question in _questions(asked, program, footing.run)
    ]


def _questions(condition: Condition, program: Program, run: Run) -> list[str]:
    """List what a person would be asked about the open facts of a condition, in the book's order."""
    facts = facts_in(condition)
    if evaluate(condition, run.facts) is not Truth.UNKNOWN:
        return []
    return [
        pick(declared.question)
        for fact, declared in program.book.facts.items()
        if fact in facts and is_open(run.facts, fact)
    ]


# --- What closes it -----------------------------------------------------------------------------------------


def _obstacle(
    step: LegalStep, footing: Footing, met: set[str], *, is_first: bool
) -> tuple[StepState, list[Duty]]:
    """Say what stands in the way of a step that is not done.

    A prohibition stands at the first of them, a bar at the first that it can stop; ``met`` collects the
    instruments whose bars have been met.
    """
    barred = footing.prohibited if is_first else Truth.FALSE
    why = list(footing.prohibiting) if is_first else []
    for name in (*step.closed_by, *filter(None, (step.yields,))):
        instrument = footing.needed.get(name)
        if instrument and instrument.obtainable is not True and name not in met:
            met.add(name)
            barred |= Truth.UNKNOWN if instrument.obtainable is None else Truth.TRUE
            why += instrument.why_not
    if barred is Truth.FALSE:
        return StepState.OPEN, []
    why = [duty for duty in _once(why) if footing.run.outcomes[duty.rule].effective is barred]
    return (StepState.CLOSED if barred is Truth.TRUE else StepState.UNKNOWN), why


# --- Several spots ------------------------------------------------------------------------------------------


def _merged(legal: LegalPath, path: Path, other: Path) -> Path:
    """Take for each step the strictest state that it has at any spot."""
    steps = {step.id: step for step in path.steps}
    for step in other.steps:
        known = steps.setdefault(step.id, step)
        ranks = _STRICTNESS.index(step.state), _STRICTNESS.index(known.state)
        if ranks[0] < ranks[1]:
            steps[step.id] = step
        elif ranks[0] == ranks[1]:
            known.why = _once([*known.why, *step.why])
    ordered = [steps[step.id] for step in legal.steps if step.id in steps]
    return path.model_copy(update={"steps": ordered})


def _once(duties: Iterable[Duty]) -> list[Duty]:
    return list({(duty.rule, duty.text): duty for duty in duties}.values())
