"""From what a step left behind to causes, rungs, verdicts and scores."""
