//! Everything breaks at once: nobody gets another's answer, and nothing stays behind.

mod process;
mod storm;
mod strangers;
mod upstream;
mod wire;
