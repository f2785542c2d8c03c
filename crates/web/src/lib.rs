//! Templates, styles and scripts of the pages, with samples of every page's data.
//!
//! A page is a struct (see [`pages`]) and a template of the same shape, its words are in `words/`. Everything is in the binary; a site's own
//! templates are looked up first and may extend ours as `templates/NAME`. Nothing is parsed before it is first asked for.
//!
//! Architecture invariant: pages work under `script-src 'self'; style-src 'self'`. No inline script, no inline style;
//! data reaches scripts in `data-` attributes.

mod assets;
pub mod charts;
mod common;
pub mod mails;
pub mod pages;
mod render;
mod samples;
mod told;
mod upstream;
mod words;

pub use assets::{Asset, asset, asset_hash, asset_packed, asset_paths, mime_of};
pub use common::{AdminLink, Common, ServiceLink, Viewer};
pub use render::{Fault, Page, PageError, Pages, Shown, Site, escaped, packaged_templates};
pub use samples::{Sample, render_sample_in, render_samples, render_samples_in};
pub use told::{Told, markdown};
pub use words::{ENGLISH, Words, WordsError, packaged_languages, packaged_text, wishes};
