"""What the product costs, beside what the same thing costs without it, in one run."""
