"""Who learns what together, when, on whose money: providers, appointments, cohorts, enrolment, calendar, accommodations, grants."""
