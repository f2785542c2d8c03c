//! The whole application in the test process, with a clock that tests turn.
