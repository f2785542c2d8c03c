//! `perijove own-environment`: looks after a person's own environments, as that person. The hub runs it.

use anyhow::{Context, Result};
use clap::Args;
use perijove_environments::own::{self, Wish};

use crate::problem::Problem;
use crate::system::Environment;
use crate::{runtime, ui};

/// Look after the environments of whoever runs this, as the hub says
#[derive(Args)]
pub struct OwnEnvironment {}

impl OwnEnvironment {
    pub fn run(self) -> Result<()> {
        let environment = Environment::read();
        let Some(wish) = environment.get(own::VARIABLE) else {
            return Err(Problem::new("this is for the hub, which says what is to be done")
                .of_usage()
                .into());
        };
        let mut wish: Wish = serde_json::from_str(wish).context("what the hub says is not understood")?;
        wish.home = environment.get("HOME").context("the home is not known")?.into();
        let answer = runtime::small()?.block_on(own::act(&wish));
        ui::say(serde_json::to_string(&answer)?);
        Ok(())
    }
}
