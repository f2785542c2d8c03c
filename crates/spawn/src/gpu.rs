//! The graphics processors of this machine, by their devices.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

/// What there is. Only what is plugged in and has a driver can be seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Gpus {
    pub available: bool,
    pub count: usize,
    pub devices: Vec<Gpu>,
    /// Of NVIDIA's driver.
    pub driver: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gpu {
    pub vendor: &'static str,
    pub model: String,
    /// The device by which it is used.
    pub path: PathBuf,
}

#[must_use]
pub fn find() -> Gpus {
    find_below(Path::new("/"))
}

/// Every device by which a program could use one.
#[must_use]
pub fn devices() -> Vec<PathBuf> {
    devices_below(Path::new("/"))
}

fn find_below(root: &Path) -> Gpus {
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
                vendor: "nvidia",
                model: field("Model").unwrap_or_default(),
                path: format!("/dev/nvidia{}", field("Device Minor")?).into(),
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
                vendor: "amd",
                model: model.trim().to_owned(),
                path: format!("/dev/dri/renderD{minor}").into(),
            });
        }
    }
    found
}

fn devices_below(root: &Path) -> Vec<PathBuf> {
    let is_gpu = |name: &String| name.starts_with("nvidia") && name != "nvidia-caps" || name == "kfd";
    let in_dev = names(&root.join("dev"))
        .into_iter()
        .filter(is_gpu)
        .map(|name| Path::new("/dev").join(name));
    let in_dri = names(&root.join("dev/dri"))
        .into_iter()
        .filter(|name| name.starts_with("render") || name.starts_with("card"));
    let mut all: Vec<PathBuf> = in_dev
        .chain(in_dri.map(|name| Path::new("/dev/dri").join(name)))
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
            "Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:   \t\t 64\nDevice Minor: \t 0\n",
        );
        write(
            "sys/class/kfd/kfd/topology/nodes/0/properties",
            "simd_count 0\ndrm_render_minor 0\n",
        );
        write(
            "sys/class/kfd/kfd/topology/nodes/1/properties",
            "simd_count 416\ndrm_render_minor 128\n",
        );
        write("sys/class/kfd/kfd/topology/nodes/1/name", "gfx942\n");
        for device in ["nvidia0", "nvidiactl", "nvidia-uvm", "kfd", "null", "dri/renderD128"] {
            write(&format!("dev/{device}"), "");
        }
        let gpus = find_below(root.path());
        assert_eq!((gpus.count, gpus.driver.as_deref()), (2, Some("550.54.15")));
        assert_eq!(
            (gpus.devices[0].model.as_str(), &gpus.devices[0].path),
            ("NVIDIA H100 80GB HBM3", &"/dev/nvidia0".into())
        );
        assert_eq!(
            (gpus.devices[1].vendor, &gpus.devices[1].path),
            ("amd", &"/dev/dri/renderD128".into())
        );
        let devices: Vec<PathBuf> = [
            "/dev/dri/renderD128",
            "/dev/kfd",
            "/dev/nvidia-uvm",
            "/dev/nvidia0",
            "/dev/nvidiactl",
        ]
        .map(PathBuf::from)
        .into();
        assert_eq!(devices_below(root.path()), devices);
    }
}
