//! Services for tests of the hub: they live in the test process, and end when they are told to.
//!
//! Clones share one world, as the hubs of one machine do.

#![allow(clippy::unwrap_used, reason = "a test's tool")]

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use tokio::sync::watch;

use crate::services::{RunningService, ServiceRunner, ServiceSpec};
use crate::{SpawnError, Stop};

#[derive(Clone, Default)]
pub struct FakeServices {
    world: Arc<Mutex<World>>,
}

#[derive(Default)]
struct World {
    fail: Option<String>,
    starts: Vec<ServiceSpec>,
    living: Vec<Living>,
}

struct Living {
    name: String,
    pid: i64,
    end: watch::Sender<Option<i32>>,
}

impl FakeServices {
    /// From now on starts fail with this message, or don't.
    pub fn set_fail(&self, message: Option<&str>) {
        self.world.lock().unwrap().fail = message.map(str::to_owned);
    }

    /// What each start was asked for, the last one last.
    #[must_use]
    pub fn specs(&self) -> Vec<ServiceSpec> {
        self.world.lock().unwrap().starts.clone()
    }

    /// The processes of this service that live now.
    #[must_use]
    pub fn living(&self, name: &str) -> Vec<i64> {
        let world = self.world.lock().unwrap();
        let of_name = world.living.iter().filter(|living| living.name == name);
        of_name.map(|living| living.pid).collect()
    }

    /// The service ends by itself.
    pub fn kill(&self, pid: i64) {
        self.end(pid, 137);
    }

    fn end(&self, pid: i64, status: i32) {
        let mut world = self.world.lock().unwrap();
        if let Some(at) = world.living.iter().position(|living| living.pid == pid) {
            let ended = world.living.remove(at);
            ended.end.send_replace(Some(status));
        }
    }
}

#[async_trait]
impl ServiceRunner for FakeServices {
    async fn start(&self, spec: &ServiceSpec) -> Result<Box<dyn RunningService>, SpawnError> {
        let mut world = self.world.lock().unwrap();
        world.starts.push(spec.clone());
        if let Some(message) = &world.fail {
            return Err(SpawnError::new(message));
        }
        let (end, ended) = watch::channel(None);
        let pid = 1000 + i64::try_from(world.starts.len()).unwrap();
        world.living.push(Living {
            name: spec.name.clone(),
            pid,
            end,
        });
        Ok(Box::new(Running {
            world: self.clone(),
            pid,
            ended,
        }))
    }
}

struct Running {
    world: FakeServices,
    pid: i64,
    ended: watch::Receiver<Option<i32>>,
}

#[async_trait]
impl RunningService for Running {
    fn pid(&self) -> i64 {
        self.pid
    }

    async fn ended(&mut self) -> Option<i32> {
        self.ended
            .wait_for(Option::is_some)
            .await
            .ok()
            .and_then(|status| *status)
    }

    async fn stop(&mut self, _how: Stop) {
        self.world.end(self.pid, 0);
    }

    async fn log_tail(&self, _lines: usize) -> Vec<String> {
        vec!["the last words of a service".to_owned()]
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.world.end(self.pid, 0);
    }
}
