//! The behaviour suite: what every database must do, run against each.
