//! Writes every page with every sample in every language into a directory, to be looked at in a browser:
//!
//! ```console
//! cargo run -p perijove-web --example gallery -- DIR [TEMPLATES]...
//! python3 -m http.server --directory DIR
//! ```
//!
//! With directories of templates, pages are made by those where they are there.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use perijove_web::{Pages, asset, asset_paths, render_samples_in};

fn main() -> Result<(), Box<dyn Error>> {
    let mut given = std::env::args_os().skip(1).map(PathBuf::from);
    let target = given.next().ok_or("say which directory to write into")?;
    let templates: Vec<PathBuf> = given.collect();
    let mut index = String::from("<!DOCTYPE html><meta charset=utf-8><title>Gallery</title><ul>");
    fs::create_dir_all(target.join("hub"))?;
    let pages = match templates.as_slice() {
        [] => Pages::strict(&[])?,
        theirs => Pages::new(theirs)?,
    };
    for language in pages.languages() {
        for sample in render_samples_in(&pages, language)? {
            let name = format!("{}.{language}.html", sample.name);
            fs::write(target.join("hub").join(&name), sample.html)?;
            index += &format!("<li><a href=\"hub/{name}\">{name}</a>");
        }
    }
    for path in asset_paths() {
        let file = target.join("hub/static").join(&*path);
        fs::create_dir_all(file.parent().unwrap_or(&target))?;
        fs::write(file, asset(&path).ok_or("an asset has gone")?.bytes)?;
    }
    fs::write(target.join("index.html"), index)?;
    Ok(())
}
