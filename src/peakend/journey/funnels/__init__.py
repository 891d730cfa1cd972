"""How far customers get: funnels, flows by step, retention of cohorts."""
