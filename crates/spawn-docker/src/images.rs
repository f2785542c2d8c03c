//! What a server was made of. An image's name leads to something else tomorrow; its digest never does.

use perijove_spawn::State;

use crate::containers::Container;
use crate::engine::Engine;

/// Whether the name says which image to the byte: such a one never changes.
pub(crate) fn is_pinned(name: &str) -> bool {
    name.contains("@sha256:")
}

/// What is kept of a server's image: its name, its id with this engine, and what gets the very same one from its registry,
/// if it came from one. DockerSpawner reads over it.
pub(crate) async fn of(engine: &Engine, container: &Container) -> State {
    let (name, id) = container.image();
    let mut state = State::new();
    let mut keep = |key: &str, value: Option<String>| state.extend(value.map(|value| (key.to_owned(), value.into())));
    keep("image", name.map(str::to_owned));
    keep("image_id", id.map(str::to_owned));
    keep("image_digest", digest(engine, name, id).await);
    state
}

async fn digest(engine: &Engine, name: Option<&str>, id: Option<&str>) -> Option<String> {
    let name = name.unwrap_or_default();
    if is_pinned(name) {
        return Some(name.to_owned());
    }
    let client = engine.client().await.ok()?;
    match engine.within(client.inspect_image(id?)).await {
        Ok(image) => own(name, image.repo_digests?),
        Err(fault) => {
            tracing::debug!(image = name, %fault, "the digest of a server's image is not known");
            None
        }
    }
}

/// Of its own registry, where another one has it, too.
fn own(name: &str, mut known: Vec<String>) -> Option<String> {
    known.sort_by_key(|digest| repository(digest) != repository(name));
    known.into_iter().next()
}

/// Engines leave out what stands for Docker's own registry.
fn repository(name: &str) -> &str {
    let name = name.split('@').next().unwrap_or_default();
    let tag = name.rfind(':').filter(|at| !name[*at..].contains('/'));
    let name = &name[..tag.unwrap_or(name.len())];
    let name = name.strip_prefix("docker.io/").unwrap_or(name);
    name.strip_prefix("library/").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_that_of_its_own_registry() {
        let known = || {
            [
                "elsewhere:5000/base@sha256:1",
                "quay.io/jupyter/base@sha256:2",
                "busybox@sha256:3",
            ]
            .map(str::to_owned)
            .to_vec()
        };
        for (name, digest) in [
            ("quay.io/jupyter/base:latest", "quay.io/jupyter/base@sha256:2"),
            ("quay.io/jupyter/base", "quay.io/jupyter/base@sha256:2"),
            ("elsewhere:5000/base", "elsewhere:5000/base@sha256:1"),
            ("docker.io/library/busybox:1", "busybox@sha256:3"),
            ("a-name-of-this-machine", "elsewhere:5000/base@sha256:1"),
        ] {
            assert_eq!(own(name, known()).as_deref(), Some(digest), "{name}");
        }
        assert_eq!(own("made-here", Vec::new()), None);
    }
}
