//! `perijove completions SHELL`, and the reference of the command line.

use std::fmt::Write;

use anyhow::Result;
use clap::{Args, Command, CommandFactory};
use clap_complete::Shell;

use crate::cli::Cli;
use crate::problem::Problem;
use crate::ui;

/// Print completions for a shell
#[derive(Args)]
#[command(after_help = "\
Examples:
  perijove completions bash > /etc/bash_completion.d/perijove
  perijove completions zsh > ~/.zfunc/_perijove
  perijove completions fish > ~/.config/fish/completions/perijove.fish")]
pub struct Completions {
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

impl Completions {
    pub fn run(self) -> Result<()> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "perijove", &mut script);
        ui::say(String::from_utf8_lossy(&script).trim_end());
        Ok(())
    }
}

/// Print docs/reference/cli.md
#[derive(Args)]
pub struct CliReference {
    /// Write it into the checkout that is the working directory
    #[arg(long)]
    write: bool,
}

const CLI_REFERENCE: &str = "docs/reference/cli.md";

impl CliReference {
    pub fn run(self) -> Result<()> {
        match self.write {
            true => write_document(CLI_REFERENCE, &reference()),
            false => {
                ui::say(reference().trim_end());
                Ok(())
            }
        }
    }
}

/// Generated documents are committed; a test keeps them up to date.
pub fn write_document(file: &str, text: &str) -> Result<()> {
    std::fs::write(file, text).map_err(|error| {
        Problem::new(format!("{file} can't be written"))
            .because(error)
            .try_this("--write is for a checkout of the source: run it in its root directory")
            .into()
    })
}

fn reference() -> String {
    let mut text = String::from(
        "# The command line\n\nMade from the program itself by `perijove cli-reference --write`; a test keeps it so.\n",
    );
    describe(&mut Cli::command(), "", &mut text);
    text
}

fn describe(command: &mut Command, before: &str, text: &mut String) {
    let name = format!("{before}{}", command.get_name());
    // A command's own name is not enough in its usage line.
    let shown = command
        .clone()
        .bin_name(&name)
        .term_width(100)
        .render_long_help()
        .to_string();
    let shown: Vec<&str> = shown.lines().map(str::trim_end).collect();
    let _ = write!(text, "\n## `{name}`\n\n```text\n{}\n```\n", shown.join("\n").trim());
    for part in command.get_subcommands_mut().filter(|part| !part.is_hide_set()) {
        describe(part, &format!("{name} "), text);
    }
}
