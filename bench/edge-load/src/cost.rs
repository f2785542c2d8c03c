//! Operations, and what they cost others.

use std::{
    cell::{Cell, RefCell},
    fs,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use clap::Args;

#[derive(Args, Clone)]
pub struct Span {
    /// Processes whose CPU time is told, per operation
    #[arg(long, value_delimiter = ',')]
    cpu_of: Vec<u32>,
    #[arg(long, default_value_t = 1.0)]
    seconds: f64,
    /// End after so many operations, too
    #[arg(long)]
    count: Option<u64>,
}

/// Shared by all clients of one run.
pub struct Run {
    span: Span,
    ends: Instant,
    begun: Instant,
    cpu: u64,
    started: Cell<u64>,
    done: Cell<u64>,
    failed: Cell<u64>,
    failure: RefCell<Option<String>>,
}

impl Run {
    /// From here on operations and CPU time count.
    pub fn begin(span: &Span) -> Result<Rc<Self>> {
        let begun = Instant::now();
        Ok(Rc::new(Self {
            ends: begun + Duration::from_secs_f64(span.seconds),
            begun,
            cpu: cpu(&span.cpu_of)?,
            span: span.clone(),
            started: Cell::new(0),
            done: Cell::new(0),
            failed: Cell::new(0),
            failure: RefCell::new(None),
        }))
    }

    /// Whether one more operation is wanted.
    pub fn another(&self) -> bool {
        let more = Instant::now() < self.ends
            && self.span.count.is_none_or(|count| self.started.get() < count)
            && self.failed.get() < 100;
        self.started.set(self.started.get() + u64::from(more));
        more
    }

    pub fn count<T>(&self, outcome: &Result<T>) {
        match outcome {
            Ok(_) => self.done.set(self.done.get() + 1),
            Err(error) => {
                self.failed.set(self.failed.get() + 1);
                self.failure.borrow_mut().get_or_insert_with(|| format!("{error:#}"));
            }
        }
    }

    pub fn report(&self) -> Result<()> {
        let cpu = cpu(&self.span.cpu_of)? - self.cpu;
        let seconds = self.begun.elapsed().as_secs_f64();
        let done = self.done.get();
        println!(
            r#"{{"operations": {done}, "seconds": {seconds:.4}, "cpu_us": {:.3}, "busy": {:.3}, "failed": {}, "failure": {:?}}}"#,
            cpu as f64 / 1e3 / done.max(1) as f64,
            cpu as f64 / 1e9 / seconds,
            self.failed.get(),
            self.failure.borrow().as_deref().unwrap_or("")
        );
        Ok(())
    }
}

/// Nanoseconds that all threads of these processes have run.
fn cpu(pids: &[u32]) -> Result<u64> {
    let mut total = 0;
    for pid in pids {
        let threads = fs::read_dir(format!("/proc/{pid}/task")).with_context(|| format!("process {pid} is gone"))?;
        for thread in threads {
            let told = fs::read_to_string(thread?.path().join("schedstat"))?;
            total += told.split(' ').next().unwrap_or("0").parse::<u64>()?;
        }
    }
    Ok(total)
}
