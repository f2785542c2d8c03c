//! `perijove openapi`: what the REST API offers, for programs that make clients, documents or tests of it.

use anyhow::Result;
use clap::Args;

use super::completions::write_document;
use crate::ui;

/// Print the description of the REST API (OpenAPI 3.1, JSON)
#[derive(Args)]
#[command(after_help = "\
A running hub tells the same at /hub/api/openapi.json.

Examples:
  perijove openapi > openapi.json   for a generator of clients")]
pub struct OpenApi {
    /// Write it into the checkout that is the working directory
    #[arg(long, hide = true)]
    write: bool,
}

const FILE: &str = "docs/reference/openapi.json";

impl OpenApi {
    pub fn run(self) -> Result<()> {
        let document = perijove_hub::http::api::document();
        if self.write {
            return write_document(FILE, document);
        }
        ui::say(document.trim_end());
        Ok(())
    }
}
