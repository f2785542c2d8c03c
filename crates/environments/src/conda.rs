//! What of conda's `environment.yml` pip can make as well, for machines that have no conda.
//!
//! Most packages of Python are called the same there and on PyPI. What is no package of Python, or lies in a channel of its
//! own, is refused by name: half of what somebody asked for would be worse than nothing.

use saphyr::{LoadableYamlNode, Yaml};

use crate::Error;
use crate::error::Kind;

/// What a file asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// As in a `requirements.txt`.
    pub requirements: String,
    /// The version of Python, as far as it is said: `3.12`.
    pub python: Option<String>,
}

const HINT: &str = "ask for packages of PyPI instead, or an administrator to install micromamba";

/// Other names on PyPI.
const RENAMED: [(&str, &str); 9] = [
    ("dask-core", "dask"),
    ("matplotlib-base", "matplotlib"),
    ("msgpack-python", "msgpack"),
    ("opencv", "opencv-python-headless"),
    ("py-opencv", "opencv-python-headless"),
    ("py-xgboost", "xgboost"),
    ("pytables", "tables"),
    ("pytorch", "torch"),
    ("seaborn-base", "seaborn"),
];

/// They come with every environment.
const THERE: [&str; 3] = ["pip", "setuptools", "wheel"];

/// Often asked for, and not Python's.
const FOREIGN: [&str; 22] = [
    "bzip2",
    "ca-certificates",
    "compilers",
    "cuda",
    "cudatoolkit",
    "cudnn",
    "ffmpeg",
    "gcc",
    "gdal",
    "gxx",
    "git",
    "go",
    "julia",
    "ld_impl_linux-64",
    "make",
    "mkl",
    "nodejs",
    "octave",
    "openjdk",
    "openssl",
    "rust",
    "tk",
];
const FOREIGN_BEGINNINGS: [&str; 6] = ["_", "cuda-", "lib", "r-", "gcc_", "xorg-"];

/// Channels whose packages are those of PyPI under another roof.
const CHANNELS: [&str; 3] = ["conda-forge", "defaults", "anaconda"];

pub(crate) fn wanted(text: &str) -> Result<Wanted, Error> {
    let refused = |what: String| Error::new(what).of(Kind::Refused);
    let broken = |why: &dyn std::fmt::Display| refused(format!("this is no environment.yml: {why}"));
    let documents = Yaml::load_from_str(text).map_err(|error| broken(&error))?;
    let dependencies = documents
        .first()
        .and_then(|document| document.as_mapping_get("dependencies"));
    let dependencies = dependencies.and_then(|list| list.as_sequence());
    let dependencies = dependencies.ok_or_else(|| broken(&"it has no list of `dependencies`"))?;
    let (mut lines, mut python, mut foreign) = (Vec::new(), None, Vec::new());
    for entry in dependencies {
        if let Some(list) = entry.as_mapping_get("pip").and_then(|list| list.as_sequence()) {
            let texts = list.iter().map(|line| line.as_str().map(str::to_owned));
            lines.extend(
                texts
                    .collect::<Option<Vec<_>>>()
                    .ok_or_else(|| broken(&"`pip` must have texts"))?,
            );
            continue;
        }
        let spec = entry
            .as_str()
            .ok_or_else(|| broken(&"a dependency must be a text, or `pip` with a list"))?;
        match Package::of(spec) {
            None => foreign.push(spec.to_owned()),
            Some(package) if package.name == "python" => python = package.python(),
            Some(package) if THERE.contains(&package.name.as_str()) => {}
            Some(package) if package.is_foreign() => foreign.push(package.name),
            Some(package) => lines.push(package.requirement()),
        }
    }
    if !foreign.is_empty() {
        let what = format!(
            "without conda, which the hub's machine has not, these can't be had: {}",
            foreign.join(", ")
        );
        return Err(refused(what).hint(HINT));
    }
    Ok(Wanted {
        requirements: lines.join("\n"),
        python,
    })
}

/// What is asked for of one package: `conda-forge::numpy>=1.26`, `numpy=1.26.4=py312_0`.
struct Package {
    name: String,
    /// As pip has it.
    version: String,
}

impl Package {
    fn of(spec: &str) -> Option<Self> {
        let spec = match spec.split_once("::") {
            Some((channel, spec)) if CHANNELS.contains(&channel) => spec,
            Some(_) => return None,
            None => spec,
        };
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let spec = spec.trim();
        let end = spec.find(|c| !is_name(c)).unwrap_or(spec.len());
        let (name, rest) = spec.split_at(end);
        let version = version(rest.trim())?;
        (!name.is_empty()).then(|| Self {
            name: name.to_ascii_lowercase(),
            version,
        })
    }

    fn is_foreign(&self) -> bool {
        FOREIGN.contains(&self.name.as_str())
            || FOREIGN_BEGINNINGS
                .iter()
                .any(|beginning| self.name.starts_with(beginning))
    }

    fn requirement(&self) -> String {
        let renamed = RENAMED.iter().find(|(name, _)| *name == self.name);
        format!(
            "{}{}",
            renamed.map_or(self.name.as_str(), |(_, name)| name),
            self.version
        )
    }

    /// The two numbers of a version that is told exactly.
    fn python(&self) -> Option<String> {
        let numbers: Vec<&str> = self.version.strip_prefix("==")?.split('.').take(2).collect();
        Some(numbers.join("."))
    }
}

/// conda's way to name versions in pip's. `None`: there is none.
fn version(text: &str) -> Option<String> {
    let plain = |text: &str| {
        text.chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '*' | '!' | '+'))
    };
    let Some(first) = text.chars().next() else {
        return Some(String::new());
    };
    if text.contains('|') {
        return None;
    }
    if matches!(first, '>' | '<' | '!' | '~') || text.starts_with("==") {
        let parts = text.split(',').map(str::trim);
        let fits = |part: &str| plain(part.trim_start_matches(['>', '<', '=', '!', '~']).trim());
        return parts.clone().all(fits).then(|| parts.collect::<Vec<_>>().join(","));
    }
    // `name=1.2`, `name 1.2`: anything that begins so; with a build behind it exactly that.
    let text = text.strip_prefix('=').unwrap_or(text);
    let (number, exact) = match text.split_once('=') {
        Some((number, _build)) => (number, true),
        None => (text, text.ends_with('*')),
    };
    plain(number).then(|| match exact {
        true => format!("=={number}"),
        false => format!("=={number}.*"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(dependencies: &str) -> Result<Wanted, String> {
        let text = format!("name: mine\nchannels: [conda-forge]\ndependencies:\n{dependencies}");
        wanted(&text).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_on_pypi_is_taken_from_there() {
        let found = of(
            "  - python=3.12.4\n  - pip\n  - NumPy=1.26\n  - conda-forge::pandas>=2,<3\n  - pytorch\n  \
                        - scipy=1.11.4=py312_0\n  - xarray 2024.1.*\n  - pip:\n    - six==1.16.0\n    - ./mine\n",
        );
        let wanted = Wanted {
            requirements: "numpy==1.26.*\npandas>=2,<3\ntorch\nscipy==1.11.4\nxarray==2024.1.*\nsix==1.16.0\n./mine"
                .to_owned(),
            python: Some("3.12".to_owned()),
        };
        assert_eq!(found, Ok(wanted));
    }

    #[test]
    fn what_is_not_is_refused_by_name_and_all_of_it() {
        let refused = of("  - r-base=4.3\n  - numpy\n  - nodejs\n  - nvidia::cuda\n  - _libgcc_mutex\n").unwrap_err();
        assert!(
            refused.contains("r-base, nodejs, nvidia::cuda, _libgcc_mutex"),
            "{refused}"
        );
        for broken in [
            "",
            "- a",
            "dependencies: numpy",
            "dependencies: [[1]]",
            "a: [",
            "dependencies: [{pip: [1]}]",
        ] {
            assert_eq!(wanted(broken).unwrap_err().kind, Kind::Refused, "{broken}");
        }
        assert!(of("  - numpy=1.26|1.27\n").is_err());
        assert!(of("  - numpy=1.26 --index-url=https://elsewhere\n").is_err());
    }
}
