//! The command line. Its reference in docs/reference/cli.md is made from this.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::commands::{
    announce, audit, chp, completions, config, cull, docker_proxy, drain, edge, environments, extensions, homes, hub,
    import_passwords, info, invite, login, mail, openapi, own_environment, scope, serve, stop, token, web, whoami,
};

const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (JupyterHub 6.1.1 contract)");

const AS_CHP: &str = concat!("5.3.0 (Perijove ", env!("CARGO_PKG_VERSION"), ")");

/// Perijove: notebook servers for many people, behind one sign-in
#[derive(Parser)]
#[command(
    name = "perijove",
    version = VERSION,
    subcommand_required = true,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    max_term_width = 100,
    after_help = "\
Examples:
  perijove serve                            start on http://127.0.0.1:8000, data in .perijove
  perijove serve --config perijove.toml     start as the file says
  perijove config example > perijove.toml   a file to begin with

`perijove COMMAND --help` tells more about a command."
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    Serve(serve::Serve),
    Hub(hub::HubAlone),
    Edge(Box<edge::EdgeAlone>),
    Stop(stop::Stop),
    Info(info::Info),
    Config(config::ConfigCommand),
    Invite(invite::Invite),
    Login(login::Login),
    Logout(login::Logout),
    Whoami(whoami::Whoami),
    ImportPasswords(import_passwords::ImportPasswords),
    Mail(mail::Mail),
    Token(token::Token),
    Audit(audit::Audit),
    Announce(announce::Announce),
    Environments(environments::Environments),
    Extensions(extensions::Extensions),
    Homes(homes::Homes),
    Cull(cull::Cull),
    Web(web::Web),
    Drain(drain::Drain),
    DockerProxy(docker_proxy::DockerProxy),
    #[command(name = "openapi")]
    OpenApi(openapi::OpenApi),
    Completions(completions::Completions),
    #[command(hide = true)]
    CliReference(completions::CliReference),
    #[command(hide = true)]
    OwnEnvironment(own_environment::OwnEnvironment),
    #[command(hide = true)]
    Scope(scope::Scope),
}

/// Which configuration a command works with.
#[derive(Args)]
pub struct ConfigArg {
    /// Configuration file [default: perijove.toml, if it is in the working directory]
    #[arg(short = 'f', long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

impl Command {
    pub fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Serve(command) => command.run(),
            Self::Hub(command) => command.run(),
            Self::Edge(command) => command.run(),
            Self::Stop(command) => command.run(),
            Self::Info(command) => command.run(),
            Self::Config(command) => command.run(),
            Self::Invite(command) => command.run(),
            Self::Login(command) => command.run(),
            Self::Logout(command) => command.run(),
            Self::Whoami(command) => command.run(),
            Self::ImportPasswords(command) => command.run(),
            Self::Mail(command) => command.run(),
            Self::Token(command) => command.run(),
            Self::Audit(command) => command.run(),
            Self::Announce(command) => command.run(),
            Self::Environments(command) => command.run(),
            Self::Extensions(command) => command.run(),
            Self::Homes(command) => command.run(),
            Self::Cull(command) => command.run(),
            Self::Web(command) => command.run(),
            Self::Drain(command) => command.run(),
            Self::DockerProxy(command) => command.run(),
            Self::OpenApi(command) => command.run(),
            Self::Completions(command) => command.run(),
            Self::CliReference(command) => command.run(),
            Self::OwnEnvironment(command) => command.run(),
            Self::Scope(command) => command.run(),
        }
    }
}

/// What the program is when it is called `configurable-http-proxy`.
#[derive(Parser)]
#[command(
    name = "configurable-http-proxy",
    version = AS_CHP,
    max_term_width = 100,
    // JupyterHub puts its own options behind those that somebody has given: the last one counts.
    args_override_self = true
)]
pub struct ConfigurableHttpProxy {
    #[command(flatten)]
    pub options: chp::Options,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_has_no_contradictions() {
        Cli::command().debug_assert();
        ConfigurableHttpProxy::command().debug_assert();
        assert!(VERSION.contains(perijove_model::JUPYTERHUB_VERSION));
    }
}
