"""Every limit on what may be said, in one place. Sizes in characters unless the name says more."""

ID = 40
NAME = 200
TEXT = 100_000
LINE = 1_000_000
COUNT = 1_000_000_000_000
CLOCK_SKEW_MINUTES = 10
LOCK_SECONDS = 10.0
IMPORT_PROBLEMS = 1_000
EVIDENCE_MEGABYTES = 100.0
GAP_MINUTES = 60
SIGNATURES = 100
