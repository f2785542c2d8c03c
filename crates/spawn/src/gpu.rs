//! The graphics processors of this machine, by their devices, and which of them a server gets.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// What there is. Only what is plugged in and has a driver can be seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Gpus {
    pub available: bool,
    pub count: usize,
    pub devices: Vec<Gpu>,
    /// Of NVIDIA's driver.
    pub driver: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gpu {
    pub vendor: Vendor,
    pub model: String,
    /// The device by which it is used.
    pub path: PathBuf,
    /// As the vendor's programs name it: `GPU-` and more, whatever is plugged in beside it.
    pub uuid: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Vendor {
    Nvidia,
    Amd,
}

/// What a server is to have of them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Wish {
    pub(crate) count: usize,
    pub(crate) gpus: Vec<Gpu>,
    /// One lock file for each that a server has been given.
    pub(crate) dir: PathBuf,
}

/// What a server has been given.
#[derive(Debug)]
pub(crate) struct Given {
    /// They are the server's until these files are closed.
    pub(crate) kept: Vec<File>,
    pub(crate) variables: BTreeMap<String, String>,
    /// Devices of all others.
    pub(crate) others: Vec<PathBuf>,
}

/// Not as many as were wished for.
#[derive(Debug)]
pub(crate) struct TooFew {
    pub(crate) free: usize,
}

impl Wish {
    /// The first that nobody has. Where no single one is known, whatever is there is shown to all.
    pub(crate) fn take(&self) -> io::Result<Result<Given, TooFew>> {
        DirBuilder::new().recursive(true).mode(0o700).create(&self.dir)?;
        let (mut kept, mut taken, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for gpu in &self.gpus {
            let name = gpu.path.file_name().unwrap_or_default();
            let file = File::options().create(true).append(true).open(self.dir.join(name))?;
            match taken.len() < self.count && file.try_lock().is_ok() {
                true => {
                    kept.push(file);
                    taken.push(gpu);
                }
                false => others.extend(gpu.nodes()),
            }
        }
        if taken.len() < self.count && !self.gpus.is_empty() {
            return Ok(Err(TooFew { free: taken.len() }));
        }
        Ok(Ok(Given {
            kept,
            variables: variables(&taken),
            others,
        }))
    }
}

impl Gpu {
    /// AMD's have another one, for screens.
    fn nodes(&self) -> Vec<PathBuf> {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let number = name
            .strip_prefix("renderD")
            .and_then(|number| number.parse::<u32>().ok());
        let screen = number.and_then(|number| number.checked_sub(128));
        let screen = screen.map(|number| self.path.with_file_name(format!("card{number}")));
        std::iter::once(self.path.clone()).chain(screen).collect()
    }

    fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let index = name.trim_start_matches(|c: char| !c.is_ascii_digit()).to_owned();
        self.uuid.clone().unwrap_or(index)
    }
}

/// What the libraries of the vendors read, so that programs count only what they have been given.
fn variables(taken: &[&Gpu]) -> BTreeMap<String, String> {
    let mut variables = BTreeMap::new();
    for (vendor, names) in [
        (
            Vendor::Nvidia,
            ["CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES"].as_slice(),
        ),
        (Vendor::Amd, &["ROCR_VISIBLE_DEVICES"]),
    ] {
        let of_vendor = taken.iter().filter(|gpu| gpu.vendor == vendor);
        let list: Vec<String> = of_vendor.map(|gpu| gpu.name()).collect();
        if !list.is_empty() {
            variables.extend(names.iter().map(|name| ((*name).to_owned(), list.join(","))));
        }
    }
    variables
}

#[must_use]
pub fn find() -> Gpus {
    find_below(Path::new("/"))
}

/// `root` is that of the machine, but in tests.
pub(crate) fn find_below(root: &Path) -> Gpus {
    let mut devices = nvidia(root);
    devices.extend(amd(root));
    let version = fs::read_to_string(root.join("proc/driver/nvidia/version")).ok();
    Gpus {
        available: !devices.is_empty(),
        count: devices.len(),
        driver: version.and_then(|text| driver_version(&text)),
        devices,
    }
}

/// `NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue ...`.
fn driver_version(text: &str) -> Option<String> {
    let is_version = |word: &&str| word.contains('.') && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    text.lines()
        .next()?
        .split_whitespace()
        .find(is_version)
        .map(str::to_owned)
}

fn nvidia(root: &Path) -> Vec<Gpu> {
    let mut found: Vec<Gpu> = names(&root.join("proc/driver/nvidia/gpus"))
        .into_iter()
        .filter_map(|slot| {
            let text = fs::read_to_string(root.join("proc/driver/nvidia/gpus").join(slot).join("information")).ok()?;
            let field = |name: &str| {
                let value = |line: &str| {
                    line.strip_prefix(name)?
                        .trim_start()
                        .strip_prefix(':')
                        .map(str::trim)
                        .map(str::to_owned)
                };
                text.lines().find_map(value)
            };
            Some(Gpu {
                vendor: Vendor::Nvidia,
                model: field("Model").unwrap_or_default(),
                path: root.join(format!("dev/nvidia{}", field("Device Minor")?)),
                uuid: field("GPU UUID").filter(|uuid| uuid.starts_with("GPU-") && !uuid.contains('?')),
            })
        })
        .collect();
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Those that compute: a node of the kernel's driver with cores of its own.
fn amd(root: &Path) -> Vec<Gpu> {
    let nodes = root.join("sys/class/kfd/kfd/topology/nodes");
    let mut found = Vec::new();
    for node in names(&nodes) {
        let properties = fs::read_to_string(nodes.join(&node).join("properties")).unwrap_or_default();
        let number = |name: &str| {
            let value = |line: &str| line.strip_prefix(name)?.strip_prefix(' ')?.trim().parse::<u64>().ok();
            properties.lines().find_map(value)
        };
        if let (Some(1..), Some(minor)) = (number("simd_count"), number("drm_render_minor")) {
            let model = fs::read_to_string(nodes.join(&node).join("name")).unwrap_or_default();
            found.push(Gpu {
                vendor: Vendor::Amd,
                model: model.trim().to_owned(),
                path: root.join(format!("dev/dri/renderD{minor}")),
                uuid: number("unique_id")
                    .filter(|id| *id > 0)
                    .map(|id| format!("GPU-{id:016x}")),
            });
        }
    }
    found
}

/// Every device by which a program could use one.
pub(crate) fn devices_below(root: &Path) -> Vec<PathBuf> {
    let is_gpu = |name: &String| name.starts_with("nvidia") && name != "nvidia-caps" || name == "kfd";
    let in_dev = names(&root.join("dev"))
        .into_iter()
        .filter(is_gpu)
        .map(|name| root.join("dev").join(name));
    let in_dri = names(&root.join("dev/dri"))
        .into_iter()
        .filter(|name| name.starts_with("render") || name.starts_with("card"));
    let mut all: Vec<PathBuf> = in_dev
        .chain(in_dri.map(|name| root.join("dev/dri").join(name)))
        .collect();
    all.sort();
    all
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_are_told_by_what_their_drivers_say() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        assert_eq!(find_below(root.path()), Gpus::default());
        write(
            "proc/driver/nvidia/version",
            "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue Mar  5 22:23:56 UTC 2024\n",
        );
        write(
            "proc/driver/nvidia/gpus/0000:01:00.0/information",
            "Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:   \t\t 64\nGPU UUID: \t GPU-4c1f\nDevice Minor: \t 0\n",
        );
        write(
            "sys/class/kfd/kfd/topology/nodes/0/properties",
            "simd_count 0\ndrm_render_minor 0\n",
        );
        write(
            "sys/class/kfd/kfd/topology/nodes/1/properties",
            "simd_count 416\ndrm_render_minor 128\nunique_id 255\n",
        );
        write("sys/class/kfd/kfd/topology/nodes/1/name", "gfx942\n");
        for device in ["nvidia0", "nvidiactl", "nvidia-uvm", "kfd", "null", "dri/renderD128"] {
            write(&format!("dev/{device}"), "");
        }
        let gpus = find_below(root.path());
        assert_eq!((gpus.count, gpus.driver.as_deref()), (2, Some("550.54.15")));
        assert_eq!(
            (gpus.devices[0].model.as_str(), &gpus.devices[0].path),
            ("NVIDIA H100 80GB HBM3", &root.path().join("dev/nvidia0"))
        );
        assert_eq!(
            (gpus.devices[1].vendor, &gpus.devices[1].path),
            (Vendor::Amd, &root.path().join("dev/dri/renderD128"))
        );
        let both: Vec<&Gpu> = gpus.devices.iter().collect();
        let told: Vec<(String, String)> = variables(&both).into_iter().collect();
        let told: Vec<String> = told.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(
            told,
            [
                "CUDA_VISIBLE_DEVICES=GPU-4c1f",
                "NVIDIA_VISIBLE_DEVICES=GPU-4c1f",
                "ROCR_VISIBLE_DEVICES=GPU-00000000000000ff"
            ]
        );
        let devices: Vec<PathBuf> = [
            "dev/dri/renderD128",
            "dev/kfd",
            "dev/nvidia-uvm",
            "dev/nvidia0",
            "dev/nvidiactl",
        ]
        .map(|path| root.path().join(path))
        .into();
        assert_eq!(devices_below(root.path()), devices);
    }
}
