"""What the facts add up to: views that are disposable and can be rebuilt at any time."""
