//! `perijove info`: what this program is and what it can do on this machine.

use anyhow::Result;
use clap::Args;
use perijove_model::JUPYTERHUB_VERSION;
use perijove_spawn::process::machine::Mode;
use perijove_spawn::{Capabilities, gpu};
use serde_json::json;

use crate::cli::ConfigArg;
use crate::settings::Settings;
use crate::{apart, backends, runtime, ui};

/// Print what servers are held to on this machine, and what is missing for more
///
/// It is found out here and now, as a hub with this configuration would: run it as the account that the hub runs as. The
/// hub need not run. Where servers are containers, their engine is asked, too.
#[derive(Args)]
#[command(after_help = "\
Examples:
  perijove info
  perijove info --json | jq .features.gpu
  perijove info --json | jq '.backends.process.capabilities.reasons'
  perijove info --json | jq .backends.docker.capabilities.accounts")]
pub struct Info {
    /// As JSON, for programs
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    config: ConfigArg,
}

impl Info {
    pub fn run(self) -> Result<()> {
        let settings = Settings::load(self.config.config.as_deref())?;
        let told = apart::settle(&settings, Mode::Look)?.capabilities;
        let containers = runtime::small()?.block_on(backends::look(&settings.config))?;
        let gpus = gpu::find();
        if self.json {
            let mut backends = json!({ "process": { "capabilities": told } });
            if let Some(can) = &containers {
                backends["docker"] = json!({ "capabilities": can });
            }
            let info = json!({
                "version": env!("CARGO_PKG_VERSION"),
                "jupyterhub": JUPYTERHUB_VERSION,
                "data_dir": settings.config.hub.data_dir,
                "backends": backends,
                "features": { "gpu": gpus },
            });
            ui::say(serde_json::to_string_pretty(&info)?);
            return Ok(());
        }
        let gpu = match gpus.devices.first() {
            Some(first) => format!("{} ({})", gpus.count, first.model),
            None => "none".to_owned(),
        };
        let mut lines = vec![
            ("accounts", told.accounts.to_owned()),
            ("isolation", yes(&told, told.isolation, "isolation")),
            ("landlock", landlock(&told)),
            ("limits by", told.limits_by.to_owned()),
            ("memory", yes(&told, told.memory_limit, "limits")),
            ("cores", yes(&told, told.cpu_limit, "limits")),
            ("processes", yes(&told, told.process_limit, "limits")),
            ("homes", yes(&told, told.storage_limit, "storage_limit")),
            ("GPUs", gpu),
        ];
        if let Some(can) = &containers {
            lines.push(("containers", engine(can)));
        }
        lines.push(("data", settings.config.hub.data_dir.display().to_string()));
        ui::banner(
            &format!(
                "Perijove {} (as JupyterHub {JUPYTERHUB_VERSION})",
                env!("CARGO_PKG_VERSION")
            ),
            &lines,
        );
        Ok(())
    }
}

/// What a container engine holds servers to, and whose accounts they have.
fn engine(can: &Capabilities) -> String {
    if let Some(why) = can.reasons.get("limits") {
        return format!("no: {why}");
    }
    let limits = [
        (can.memory_limit, "memory"),
        (can.cpu_limit, "cores"),
        (can.process_limit, "processes"),
    ];
    let held: Vec<&str> = limits.into_iter().filter(|(is, _)| *is).map(|(_, what)| what).collect();
    let accounts = match can.accounts {
        "image-remapped" => "accounts are nobody's on its machine",
        _ => "accounts are those of images",
    };
    format!("limits of {}; {accounts}", held.join(", "))
}

fn landlock(told: &Capabilities) -> String {
    match told.landlock {
        Some(version) => format!("version {version}"),
        None => yes(told, false, "landlock"),
    }
}

fn yes(told: &Capabilities, is_so: bool, what: &str) -> String {
    match (is_so, told.reasons.get(what)) {
        (true, _) => "yes".to_owned(),
        (false, Some(why)) => format!("no: {why}"),
        (false, None) => "no".to_owned(),
    }
}
